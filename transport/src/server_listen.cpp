#include "addresses.hpp"
#include "anchored.hpp"
#include "network_failure.hpp"
#include "server_state.hpp"

#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/post.hpp>

#include <utility>

namespace polytls::detail {

using asio::ip::tcp;

void server_state::listen(std::uint16_t port, const std::string& host) {
    if (listening() || resolving_ || closing_) {
        listening_failed(make_failure(
            errc::wrong_state,
            closing_ ? "the server is being closed" : "the server listens already", "listen"));
        return;
    }
    if (host.empty()) {
        listen_on_first_of({tcp::endpoint(tcp::v4(), port)});
        return;
    }
    std::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (no_address) {
        resolve_and_listen(port, host);
    } else {
        listen_on_first_of({tcp::endpoint(address, port)});
    }
}

void server_state::resolve_and_listen(std::uint16_t port, const std::string& host) {
    resolving_ = true;
    resolver_.emplace(executor_);
    const auto handle = [round = round_, host, port](server_state& self, std::error_code error,
                                                     const tcp::resolver::results_type& found) {
        if (self.round_ != round) {
            return;
        }
        self.resolving_ = false;
        const auto local = candidates(found, host, port);
        if (local.empty()) {
            self.listening_failed(network_failure("getaddrinfo", error, host));
            return;
        }
        self.listen_on_first_of(local);
    };
    resolver_->async_resolve(host, std::to_string(port), tcp::resolver::passive,
                             anchored(shared_from_this(), handle));
}

void server_state::listen_on_first_of(const std::vector<tcp::endpoint>& candidates) {
    std::error_code error;
    for (const tcp::endpoint& local : candidates) {
        error = listen_on(local);
        if (!error) {
            accept();
            asio::post(executor_, [self = shared_from_this(), round = round_] {
                if (self->round_ == round) {
                    self->events.listening.emit();
                }
            });
            return;
        }
    }
    acceptor_.reset();
    listening_failed(network_failure("listen", error, to_text(candidates.back())));
}

std::error_code server_state::listen_on(const tcp::endpoint& local) {
    std::error_code error;
    std::error_code ignored;
    acceptor_.emplace(executor_);
    acceptor_->open(local.protocol(), error);
    if (error) {
        return error;
    }
    // Connections of an earlier process that linger do not hold the port; a listener does.
    acceptor_->set_option(tcp::acceptor::reuse_address(true), ignored);
    if (local.address().is_v6()) {
        acceptor_->set_option(asio::ip::v6_only(false), ignored);
    }
    acceptor_->bind(local, error);
    if (!error) {
        acceptor_->listen(tcp::acceptor::max_listen_connections, error);
    }
    if (!error) {
        address_ = to_address(acceptor_->local_endpoint(error));
    }
    return error;
}

void server_state::listening_failed(failure why) {
    asio::post(executor_, [self = shared_from_this(), failed = std::move(why)] {
        self->events.error.emit(failed);
    });
}

}  // namespace polytls::detail
