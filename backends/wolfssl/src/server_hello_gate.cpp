#include "server_hello_gate.hpp"

namespace polytls::wolfssl {
namespace {

constexpr std::size_t record_header = 5;
constexpr std::uint8_t handshake_record = 22;
constexpr std::size_t message_header = 4;
constexpr std::uint8_t server_hello = 2;
constexpr std::uint8_t certificate = 11;
constexpr std::uint8_t supported_versions = 43;

/// Whether a ServerHello, without its header, is one of TLS 1.3, a HelloRetryRequest among them.
/// Taken so, too, is what cannot be read: wolfSSL will say what is wrong with it.
bool is_tls1_3_or_torn(bytes hello) noexcept {
    constexpr std::size_t before_id = 2 + 32;
    if (hello.size() < before_id + 1) {
        return true;
    }
    const std::size_t before_extensions = before_id + 1 + hello[before_id] + 2 + 1;
    if (hello.size() < before_extensions + 2) {
        return false;
    }
    bytes extensions = hello.subspan(before_extensions + 2);
    while (extensions.size() >= 4) {
        if (extensions[0] == 0 && extensions[1] == supported_versions) {
            return true;
        }
        const std::size_t size = 4 + extensions[2] * std::size_t{256} + extensions[3];
        if (size > extensions.size()) {
            return true;
        }
        extensions = extensions.subspan(size);
    }
    return false;
}

}  // namespace

server_hello_gate::finding server_hello_gate::look(bytes input) noexcept {
    if (!held_.append(input)) {
        no_memory_ = true;
        return finding::taken;
    }
    // The messages, without the headers of their records.
    blob messages;
    bytes rest = held_.view();
    while (!rest.empty()) {
        if (rest[0] != handshake_record) {
            // An alert, or a change of ciphers.
            return look_at_messages(messages.view(), false);
        }
        if (rest.size() < record_header) {
            break;
        }
        const std::size_t size = rest[3] * std::size_t{256} + rest[4];
        const bytes part =
            rest.subspan(record_header).first(std::min(size, rest.size() - record_header));
        if (!messages.append(part)) {
            no_memory_ = true;
            return finding::taken;
        }
        rest = rest.subspan(record_header + part.size());
        if (part.size() < size) {
            break;
        }
    }
    return look_at_messages(messages.view(), true);
}

server_hello_gate::finding server_hello_gate::look_at_messages(bytes messages,
                                                               bool more_may_come) const noexcept {
    const finding undecided = more_may_come ? finding::unknown : finding::taken;
    if (messages.empty()) {
        return undecided;
    }
    if (messages[0] != server_hello) {
        return finding::taken;
    }
    if (messages.size() < message_header) {
        return undecided;
    }
    const std::size_t size =
        messages[1] * std::size_t{65536} + messages[2] * std::size_t{256} + messages[3];
    if (size > 65536) {
        return finding::taken;
    }
    if (messages.size() < message_header + size) {
        return undecided;
    }
    if (is_tls1_3_or_torn(messages.subspan(message_header, size))) {
        return finding::taken;
    }
    const bytes next = messages.subspan(message_header + size);
    if (next.empty()) {
        return undecided;
    }
    return next[0] == certificate ? finding::refused : finding::taken;
}

}  // namespace polytls::wolfssl
