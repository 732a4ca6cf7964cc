#pragma once

#include <polytls/transport/duplex.hpp>

#include <asio/error.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace polytls::testing_transport {

/// One direction of a wire in memory.
struct wire {
    std::size_t capacity = std::numeric_limits<std::size_t>::max();
    std::size_t piece = std::numeric_limits<std::size_t>::max();  ///< The most one call moves.
    std::string waiting;
    std::string all;        ///< Everything that was ever sent.
    std::size_t sends = 0;  ///< Calls of `send` that took something.
    bool ended = false;
    std::function<void(std::error_code)> readable;
    std::function<void(std::error_code)> writable;
};

/// A duplex over two wires that counts what is asked of it, and holds its user to the rules.
class memory_duplex final : public duplex {
public:
    memory_duplex(asio::io_context& io, std::shared_ptr<wire> in, std::shared_ptr<wire> out)
        : io_(&io), in_(std::move(in)), out_(std::move(out)) {}

    asio::any_io_executor executor() override { return io_->get_executor(); }

    void async_wait_readable(std::function<void(std::error_code)> ready) override {
        EXPECT_FALSE(in_->readable) << "one wait at a time";
        in_->readable = std::move(ready);
        wake();
    }

    void async_wait_writable(std::function<void(std::error_code)> ready) override {
        EXPECT_FALSE(out_->writable) << "one wait at a time";
        out_->writable = std::move(ready);
        wake();
    }

    std::size_t receive(mutable_bytes buffer, std::error_code& error) override {
        const std::size_t size = std::min({buffer.size(), in_->waiting.size(), in_->piece});
        if (size == 0) {
            error = in_->ended ? std::error_code(asio::error::eof) : asio::error::would_block;
            return 0;
        }
        std::copy_n(in_->waiting.begin(), size, buffer.begin());
        in_->waiting.erase(0, size);
        wake();
        return size;
    }

    std::size_t send(bytes data, std::error_code& error) override {
        const std::size_t room = out_->capacity - std::min(out_->capacity, out_->waiting.size());
        const std::size_t size = std::min({data.size(), room, out_->piece});
        if (size == 0) {
            error = asio::error::would_block;
            return 0;
        }
        ++out_->sends;
        out_->waiting += as_text(data.first(size));
        out_->all += as_text(data.first(size));
        wake();
        return size;
    }

    void shutdown_send() noexcept override {
        out_->ended = true;
        wake();
    }

    void close() noexcept override {
        out_->ended = true;
        tell(in_->readable, asio::error::operation_aborted);
        tell(out_->writable, asio::error::operation_aborted);
        wake();
    }

    socket_address local_address() const override { return {}; }

    socket_address remote_address() const override { return {}; }

private:
    void wake() {
        for (wire* each : {in_.get(), out_.get()}) {
            if (!each->waiting.empty() || each->ended) {
                tell(each->readable, {});
            }
            if (each->waiting.size() < each->capacity) {
                tell(each->writable, {});
            }
        }
    }

    void tell(std::function<void(std::error_code)>& waiting, std::error_code error) {
        if (auto call = std::exchange(waiting, nullptr)) {
            asio::post(*io_, [call = std::move(call), error] { call(error); });
        }
    }

    asio::io_context* io_;
    std::shared_ptr<wire> in_;
    std::shared_ptr<wire> out_;
};

}  // namespace polytls::testing_transport
