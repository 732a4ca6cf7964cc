#include "tls_duplex.hpp"

#include <polytls/byte_buffer.hpp>

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace polytls::detail {
namespace {

/// How long a peer that does not end its side is waited for once the outer connection is closed.
constexpr std::chrono::seconds patience{1};

}  // namespace

struct tls_duplex::incoming {
    using waiter = std::function<void(std::error_code)>;

    bool readable() const noexcept { return !data.empty() || ended || closed; }

    // Never from within the call that asked, as `duplex` has it.
    void tell(waiter& waiting, std::error_code outcome) {
        if (auto call = std::exchange(waiting, nullptr)) {
            asio::post(executor, [call = std::move(call), outcome] { call(outcome); });
        }
    }

    asio::any_io_executor executor;
    byte_buffer data;
    waiter reader;
    waiter writer;
    std::error_code error;
    bool ended = false;
    bool closed = false;
    bool dropped = false;  // Nobody reads any more.
};

tls_duplex::tls_duplex(tls_socket socket)
    : socket_(std::move(socket)), in_(std::make_shared<incoming>()) {
    in_->executor = socket_.get_executor();
    in_->closed = socket_.destroyed();
    socket_.on_data([in = in_, source = socket_](bytes plaintext) mutable {
        if (in->dropped) {
            return;
        }
        if (in->data.append(plaintext) != plaintext.size()) {
            source.destroy(make_failure(errc::no_memory));
            return;
        }
        // The next receive lets it flow again: what nobody takes stays in the network.
        source.pause();
        in->tell(in->reader, {});
    });
    socket_.on_drain([in = in_] { in->tell(in->writer, {}); });
    socket_.on_end([in = in_] {
        in->ended = true;
        in->tell(in->reader, {});
    });
    socket_.on_error([in = in_](const failure& why) { in->error = why.code; });
    socket_.on_close([in = in_](bool) {
        in->closed = true;
        in->tell(in->reader, {});
        in->tell(in->writer, {});
    });
}

tls_duplex::~tls_duplex() {
    // They hold the outer connection, which the inner one's listeners would then hold for ever.
    in_->reader = nullptr;
    in_->writer = nullptr;
    in_->dropped = true;
}

void tls_duplex::async_wait_readable(std::function<void(std::error_code)> ready) {
    in_->reader = std::move(ready);
    if (in_->readable()) {
        in_->tell(in_->reader, {});
    } else {
        socket_.resume();
    }
}

void tls_duplex::async_wait_writable(std::function<void(std::error_code)> ready) {
    in_->writer = std::move(ready);
    if (in_->closed || socket_.writable_length() <= tls_socket::high_water_mark) {
        in_->tell(in_->writer, {});
    }
}

std::size_t tls_duplex::receive(mutable_bytes buffer, std::error_code& error) {
    const std::size_t size = std::min(buffer.size(), in_->data.size());
    if (size != 0) {
        std::ranges::copy(in_->data.data().first(size), buffer.begin());
        in_->data.consume(size);
    } else if (in_->error) {
        error = in_->error;
    } else if (in_->ended || in_->closed) {
        error = asio::error::eof;
    } else {
        error = asio::error::would_block;
    }
    return size;
}

std::size_t tls_duplex::send(bytes data, std::error_code& error) {
    if (in_->error || in_->closed || socket_.destroyed()) {
        error = in_->error ? in_->error : asio::error::make_error_code(asio::error::broken_pipe);
        return 0;
    }
    // The socket takes whatever it is given; how much may wait there is for this side to heed.
    if (socket_.writable_length() > tls_socket::high_water_mark) {
        error = asio::error::would_block;
        return 0;
    }
    socket_.write(data);
    return data.size();
}

void tls_duplex::close() noexcept {
    in_->tell(in_->reader, asio::error::operation_aborted);
    in_->tell(in_->writer, asio::error::operation_aborted);
    if (in_->closed || std::exchange(in_->dropped, true)) {
        return;
    }
    // What was handed over is sent all the same, as it is by a network socket that is closed.
    socket_.on_timeout([source = socket_]() mutable { source.destroy(); });
    socket_.set_timeout(patience);
    socket_.resume();
    socket_.end();
}

socket_address tls_duplex::local_address() const {
    return socket_.address();
}

socket_address tls_duplex::remote_address() const {
    return {.port = socket_.remote_port(),
            .family = socket_.remote_family(),
            .address = socket_.remote_address()};
}

}  // namespace polytls::detail
