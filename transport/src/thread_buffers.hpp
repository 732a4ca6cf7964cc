#pragma once

#include <polytls/byte_buffer.hpp>
#include <polytls/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace polytls::detail {

/// Room for one socket's turn of work. Connections are idle most of the time: they share one such
/// set for each thread instead of holding their own.
struct thread_buffers {
    static constexpr std::size_t ciphertext_size = 131072;
    static constexpr std::size_t plaintext_size = 65536;

    std::unique_ptr<std::uint8_t[]> ciphertext_storage =
        std::make_unique_for_overwrite<std::uint8_t[]>(ciphertext_size);
    std::unique_ptr<std::uint8_t[]> plaintext_storage =
        std::make_unique_for_overwrite<std::uint8_t[]>(plaintext_size);

    /// Ciphertext made in this turn and not yet handed to the network. Always empty when a
    /// listener is called: what a listener throws must not take records with it.
    byte_buffer outgoing;

    mutable_bytes ciphertext() noexcept { return {ciphertext_storage.get(), ciphertext_size}; }

    mutable_bytes plaintext() noexcept { return {plaintext_storage.get(), plaintext_size}; }
};

/// Lends the thread's buffers for the time of a scope. When they are lent already, since a listener
/// runs an event loop of its own, the inner scope gets a set of its own: no view is ever
/// overwritten under a listener.
class buffer_loan {
public:
    buffer_loan();
    ~buffer_loan();
    buffer_loan(const buffer_loan&) = delete;
    buffer_loan& operator=(const buffer_loan&) = delete;

    thread_buffers& operator*() noexcept { return *lent_; }

private:
    thread_buffers* lent_;
    std::unique_ptr<thread_buffers> own_;
};

}  // namespace polytls::detail
