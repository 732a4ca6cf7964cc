#include "connector.hpp"

#include "addresses.hpp"
#include "network_failure.hpp"
#include "socket_duplex.hpp"

#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace polytls::detail {
namespace {

using asio::ip::tcp;

class connector : public std::enable_shared_from_this<connector> {
public:
    connector(std::shared_ptr<socket_state> socket, std::string host, std::uint16_t port)
        : socket_(std::move(socket)), host_(std::move(host)), port_(port),
          resolver_(socket_->executor()), attempt_(socket_->executor()) {}

    void start() {
        socket_->set_cancel([weak = weak_from_this()] {
            if (const auto self = weak.lock()) {
                self->cancel();
            }
        });
        std::error_code no_address;
        const auto address = asio::ip::make_address(host_, no_address);
        if (!no_address) {
            candidates_.emplace_back(address, port_);
            try_next();
            return;
        }
        resolver_.async_resolve(
            host_, std::to_string(port_),
            [self = shared_from_this()](std::error_code error,
                                        const tcp::resolver::results_type& found) {
                self->resolved(error, found);
            });
    }

private:
    void resolved(std::error_code error, const tcp::resolver::results_type& found) {
        if (socket_->destroyed()) {
            return;
        }
        candidates_ = candidates(found, host_, port_);
        if (candidates_.empty()) {
            socket_->finish(network_failure("getaddrinfo", error, host_));
            return;
        }
        try_next();
    }

    void try_next() {
        const tcp::endpoint target = candidates_[tried_++];
        std::error_code ignored;
        attempt_.close(ignored);
        attempt_.async_connect(target, [self = shared_from_this(), target](std::error_code error) {
            self->attempted(target, error);
        });
    }

    void attempted(const tcp::endpoint& target, std::error_code error) {
        if (socket_->destroyed()) {
            return;
        }
        if (!error) {
            socket_->start(std::make_unique<tcp_duplex>(std::move(attempt_), target));
        } else if (tried_ < candidates_.size()) {
            try_next();
        } else {
            socket_->finish(network_failure("connect", error, to_text(target)));
        }
    }

    void cancel() {
        std::error_code ignored;
        resolver_.cancel();
        attempt_.close(ignored);
    }

    std::shared_ptr<socket_state> socket_;
    std::string host_;
    std::uint16_t port_;
    tcp::resolver resolver_;
    tcp::socket attempt_;
    std::vector<tcp::endpoint> candidates_;
    std::size_t tried_ = 0;
};

}  // namespace

void connect_socket(const std::shared_ptr<socket_state>& socket,
                    std::string host,
                    std::uint16_t port) {
    std::make_shared<connector>(socket, std::move(host), port)->start();
}

void connect_socket(const std::shared_ptr<socket_state>& socket, const std::string& path) {
    using stream_protocol = asio::local::stream_protocol;

    std::error_code error;
    const auto target = to_endpoint(path, error);
    if (error) {
        socket->finish(network_failure("connect", error, path));
        return;
    }
    const auto attempt = std::make_shared<stream_protocol::socket>(socket->executor());
    socket->set_cancel([weak = std::weak_ptr(attempt)] {
        if (const auto standing = weak.lock()) {
            std::error_code ignored;
            standing->close(ignored);
        }
    });
    attempt->async_connect(target, [socket, attempt, target](std::error_code failed) {
        if (socket->destroyed()) {
            return;
        }
        if (failed) {
            socket->finish(network_failure("connect", failed, target.path()));
        } else {
            socket->start(std::make_unique<unix_duplex>(std::move(*attempt), target));
        }
    });
}

}  // namespace polytls::detail
