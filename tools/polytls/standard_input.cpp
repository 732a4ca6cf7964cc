#include "standard_input.hpp"

#include <asio/error.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>

#include <array>
#include <cerrno>
#include <unistd.h>

namespace polytls::tool {

struct standard_input::source {
    explicit source(asio::io_context& context) : descriptor(context) {}

    asio::posix::stream_descriptor descriptor;
    bool can_wait = false;
};

standard_input::standard_input(asio::io_context& context, tls_socket target)
    : source_(std::make_unique<source>(context)), target_(std::move(target)) {
    asio::error_code error;
    source_->descriptor.assign(STDIN_FILENO, error);
    // A plain file cannot be waited for, and need not be.
    source_->can_wait = !error;
}

standard_input::~standard_input() {
    // The descriptor is the process's, not ours to close.
    if (source_->descriptor.is_open()) {
        source_->descriptor.release();
    }
}

void standard_input::start() {
    target_.on_drain([self = weak_from_this()] {
        if (const auto alive = self.lock()) {
            alive->next();
        }
    });
    next();
}

void standard_input::stop() {
    stopped_ = true;
    asio::error_code ignored;
    source_->descriptor.cancel(ignored);
}

void standard_input::next() {
    if (stopped_) {
        return;
    }
    if (!source_->can_wait) {
        asio::post(source_->descriptor.get_executor(),
                   [self = shared_from_this()] { self->read(); });
        return;
    }
    source_->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                   [self = shared_from_this()](const asio::error_code& error) {
                                       // Told of a plain file only when it is waited for.
                                       if (error == asio::error::operation_not_supported) {
                                           self->source_->can_wait = false;
                                       }
                                       if (error != asio::error::operation_aborted) {
                                           self->read();
                                       }
                                   });
}

void standard_input::read() {
    if (stopped_) {
        return;
    }
    std::array<char, 16384> buffer{};
    const ssize_t size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (size > 0) {
        if (target_.write(std::string_view(buffer.data(), static_cast<std::size_t>(size)))) {
            next();
        }
    } else if (size == 0) {
        target_.end();
    } else if (errno == EAGAIN || errno == EINTR) {
        next();
    } else {
        target_.destroy(make_failure(std::error_code(errno, std::generic_category()),
                                     "cannot read standard input", "stdin"));
    }
}

}  // namespace polytls::tool
