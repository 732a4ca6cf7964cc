#include "farewell.hpp"

#include <asio/error.hpp>
#include <asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <utility>

namespace polytls::detail {
namespace {

/// A peer that stays silent is not waited for any longer.
constexpr std::chrono::seconds patience{1};

class farewell : public std::enable_shared_from_this<farewell> {
public:
    farewell(std::unique_ptr<duplex> stream, byte_buffer last_bytes)
        : stream_(std::move(stream)), rest_(std::move(last_bytes)),
          timer_(stream_->executor(), patience) {}

    void start() {
        timer_.async_wait([self = shared_from_this()](std::error_code) { self->leave(); });
        send();
    }

private:
    void send() {
        std::error_code error;
        while (!rest_.empty() && !error) {
            rest_.consume(stream_->send(rest_.data(), error));
        }
        if (error == asio::error::would_block) {
            stream_->async_wait_writable([self = shared_from_this()](std::error_code failed) {
                failed ? self->leave() : self->send();
            });
            return;
        }
        if (error) {
            leave();
            return;
        }
        stream_->shutdown_send();
        await_end();
    }

    void await_end() {
        stream_->async_wait_readable([self = shared_from_this()](std::error_code failed) {
            failed ? self->leave() : self->discard();
        });
    }

    void discard() {
        std::array<std::uint8_t, 4096> scrap{};
        std::error_code error;
        static_cast<void>(stream_->receive(scrap, error));
        if (error && error != asio::error::would_block) {
            leave();
        } else {
            await_end();
        }
    }

    void leave() {
        timer_.cancel();
        stream_->close();
    }

    std::unique_ptr<duplex> stream_;
    byte_buffer rest_;
    asio::steady_timer timer_;
};

}  // namespace

void say_farewell(std::unique_ptr<duplex> stream, byte_buffer last_bytes) {
    std::make_shared<farewell>(std::move(stream), std::move(last_bytes))->start();
}

}  // namespace polytls::detail
