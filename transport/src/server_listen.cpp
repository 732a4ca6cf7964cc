#include "addresses.hpp"
#include "anchored.hpp"
#include "network_failure.hpp"
#include "server_state.hpp"

#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/post.hpp>

#include <utility>

namespace polytls::detail {

using asio::ip::tcp;

bool server_state::may_listen() {
    if (!listening() && !resolving_ && !closing_) {
        return true;
    }
    listening_failed(make_failure(
        errc::wrong_state, closing_ ? "the server is being closed" : "the server listens already",
        "listen"));
    return false;
}

void server_state::listen(const std::string& path) {
    if (!may_listen()) {
        return;
    }
    std::error_code error;
    const auto local = to_endpoint(path, error);
    if (!error) {
        listener_ = listen_on(executor_, local, error);
    }
    if (error) {
        listening_failed(network_failure("listen", error, path));
    } else {
        began_listening();
    }
}

void server_state::listen(std::uint16_t port, const std::string& host) {
    if (!may_listen()) {
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
        listener_ = listen_on(executor_, local, error);
        if (listener_) {
            began_listening();
            return;
        }
    }
    listening_failed(network_failure("listen", error, to_text(candidates.back())));
}

void server_state::began_listening() {
    accept();
    asio::post(executor_, [self = shared_from_this(), round = round_] {
        if (self->round_ == round) {
            self->events.listening.emit();
        }
    });
}

void server_state::listening_failed(failure why) {
    asio::post(executor_, [self = shared_from_this(), failed = std::move(why)] {
        self->events.error.emit(failed);
    });
}

}  // namespace polytls::detail
