#pragma once

#include <polytls/transport/duplex.hpp>

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace polytls::testkit {

/// One direction of what the caller's own stream carries.
struct own_pipe {
    std::string waiting;
    bool ended = false;
    std::function<void(std::error_code)> reader;
};

/// A stream of the caller's own making, as a serial line or a multiplexer would have it: takes a
/// few bytes at a time, and has no addresses.
class own_stream final : public duplex {
public:
    own_stream(asio::io_context& io, std::shared_ptr<own_pipe> in, std::shared_ptr<own_pipe> out)
        : io_(&io), in_(std::move(in)), out_(std::move(out)) {}

    asio::any_io_executor executor() override { return io_->get_executor(); }

    void async_wait_readable(std::function<void(std::error_code)> ready) override {
        in_->reader = std::move(ready);
        wake(*in_);
    }

    void async_wait_writable(std::function<void(std::error_code)> ready) override {
        asio::post(*io_, [ready = std::move(ready)] { ready({}); });
    }

    std::size_t receive(mutable_bytes buffer, std::error_code& error) override {
        const std::size_t size = std::min(buffer.size(), in_->waiting.size());
        if (size == 0) {
            error = in_->ended ? asio::error::make_error_code(asio::error::eof)
                               : asio::error::make_error_code(asio::error::would_block);
        }
        std::copy_n(in_->waiting.begin(), size, buffer.begin());
        in_->waiting.erase(0, size);
        return size;
    }

    std::size_t send(bytes data, std::error_code& error) override {
        if (out_->waiting.size() >= 100) {
            error = asio::error::would_block;
            return 0;
        }
        const bytes taken = data.first(std::min<std::size_t>(data.size(), 100));
        out_->waiting += as_text(taken);
        wake(*out_);
        return taken.size();
    }

    void shutdown_send() noexcept override {
        out_->ended = true;
        wake(*out_);
    }

    void close() noexcept override {
        shutdown_send();
        if (const auto reader = std::exchange(in_->reader, nullptr)) {
            asio::post(*io_, [reader] { reader(asio::error::operation_aborted); });
        }
    }

    socket_address local_address() const override { return {}; }

    socket_address remote_address() const override { return {}; }

private:
    void wake(own_pipe& pipe) {
        if (pipe.reader && (pipe.ended || !pipe.waiting.empty())) {
            asio::post(*io_, [reader = std::exchange(pipe.reader, nullptr)] { reader({}); });
        }
    }

    asio::io_context* io_;
    std::shared_ptr<own_pipe> in_;
    std::shared_ptr<own_pipe> out_;
};

}  // namespace polytls::testkit
