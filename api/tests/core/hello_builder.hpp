#pragma once

#include <polytls/core/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace polytls::testkit {

using octets = std::vector<std::uint8_t>;

/// A big-endian number of so many bytes.
inline octets number(std::size_t value, std::size_t width) {
    octets result(width);
    for (std::size_t i = 0; i < width; ++i) {
        result[width - 1 - i] = static_cast<std::uint8_t>(value >> 8U * i);
    }
    return result;
}

inline octets operator+(octets a, const octets& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// Content behind its length of so many bytes.
inline octets vector_of(std::size_t width, const octets& content) {
    return number(content.size(), width) + content;
}

inline octets extension(std::size_t type, const octets& body) {
    return number(type, 2) + vector_of(2, body);
}

/// The parts of a ClientHello that tests vary, each as it goes on the wire.
struct hello_parts {
    std::size_t version = 0x0303;
    octets session_id = {};
    octets cipher_suites = {0x13, 0x01, 0xc0, 0x2f};
    octets compression_methods = {0};
    octets extensions = {};
};

/// A handshake message.
inline octets make_hello(const hello_parts& parts) {
    const octets body = number(parts.version, 2) + octets(32, 0xaa) +
                        vector_of(1, parts.session_id) + vector_of(2, parts.cipher_suites) +
                        vector_of(1, parts.compression_methods) + vector_of(2, parts.extensions);
    return octets{1} + vector_of(3, body);
}

inline octets
make_record(const octets& payload, std::size_t version = 0x0301, std::uint8_t type = 22) {
    return octets{type} + number(version, 2) + vector_of(2, payload);
}

/// A message cut into records of at most so many bytes.
inline octets make_records(const octets& message, std::size_t size) {
    octets result;
    for (std::size_t at = 0; at < message.size(); at += size) {
        const auto first = message.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t taken = std::min(size, message.size() - at);
        result = result + make_record(octets(first, first + static_cast<std::ptrdiff_t>(taken)));
    }
    return result;
}

/// The message in a captured flight of one record.
inline octets message_in(bytes record) {
    return {record.begin() + 5, record.end()};
}

}  // namespace polytls::testkit
