#pragma once

#include <polytls/core/status.hpp>

#include <openssl/err.h>

#include <cstddef>
#include <span>

namespace polytls::openssl {

/// Takes the thread's queue of OpenSSL errors and turns its first entry, libssl's before others',
/// into a status; `otherwise` where that entry says nothing more precise. The queue is empty
/// afterwards.
status take_error(errc otherwise) noexcept;

/// As `take_error`, of the last entry: for a queue that held others before.
status take_latest_error(errc otherwise) noexcept;

/// Empties the thread's queue of OpenSSL errors. Most often it is empty already, which
/// ERR_clear_error would find out at the price of a small record.
inline void forget_errors() noexcept {
    if (ERR_peek_error() != 0) {
        ERR_clear_error();
    }
}

/// Takes out of the thread's queue, at its end, what was put there during its life.
///
/// Every callback has one: SSL_get_error looks into the queue, so that an error which a callback
/// leaves there, or whatever the program does on hearing of an event, ends a sound connection.
class error_scope {
public:
    error_scope() noexcept { ERR_set_mark(); }

    ~error_scope() { ERR_pop_to_mark(); }

    error_scope(const error_scope&) = delete;
    error_scope& operator=(const error_scope&) = delete;
};

/// OpenSSL's text for one of its numbers, as `spi::backend::describe` gives it.
std::size_t describe_error(std::int32_t native, std::span<char> text) noexcept;

}  // namespace polytls::openssl
