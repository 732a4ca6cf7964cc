#include "listener.hpp"

#include "addresses.hpp"
#include "server_state.hpp"
#include "socket_duplex.hpp"

#include <asio/ip/v6_only.hpp>

#include <filesystem>
#include <utility>

namespace polytls::detail {
namespace {

template <class Protocol>
class socket_listener final : public listener {
public:
    using acceptor = typename Protocol::acceptor;
    using endpoint = typename Protocol::endpoint;

    socket_listener(acceptor bound, socket_address address)
        : acceptor_(std::move(bound)), address_(std::move(address)) {}

    ~socket_listener() override {
        if (address_.family == "unix") {
            std::error_code ignored;
            std::filesystem::remove(address_.address, ignored);
        }
    }

    void async_accept(anchored<server_state, accepted> taken) override {
        // The address as it was: a peer that has left already cannot be asked for it.
        acceptor_.async_accept(*peer_, [peer = peer_, taken = std::move(taken)](
                                           std::error_code error,
                                           typename Protocol::socket incoming) mutable {
            taken(error,
                  error ? nullptr
                        : std::make_unique<socket_duplex<Protocol>>(std::move(incoming), *peer));
        });
    }

    socket_address address() const override { return address_; }

private:
    acceptor acceptor_;
    std::shared_ptr<endpoint> peer_ = std::make_shared<endpoint>();
    socket_address address_;
};

/// Binds a socket that is open, and begins to listen.
template <class Protocol>
std::unique_ptr<listener> bind_and_listen(typename Protocol::acceptor open,
                                          const typename Protocol::endpoint& local,
                                          std::error_code& error) {
    open.bind(local, error);
    if (error) {
        return nullptr;
    }
    open.listen(Protocol::acceptor::max_listen_connections, error);
    const socket_address address = to_address(open.local_endpoint());
    // Made in any case: what was bound to a path removes it again.
    auto made = std::make_unique<socket_listener<Protocol>>(std::move(open), address);
    return error ? nullptr : std::move(made);
}

}  // namespace

std::unique_ptr<listener> listen_on(const asio::any_io_executor& executor,
                                    const asio::ip::tcp::endpoint& local,
                                    std::error_code& error) {
    using asio::ip::tcp;

    tcp::acceptor open(executor);
    std::error_code ignored;
    open.open(local.protocol(), error);
    if (error) {
        return nullptr;
    }
    // Connections of an earlier process that linger do not hold the port; a listener does.
    open.set_option(tcp::acceptor::reuse_address(true), ignored);
    if (local.address().is_v6()) {
        open.set_option(asio::ip::v6_only(false), ignored);
    }
    return bind_and_listen<tcp>(std::move(open), local, error);
}

std::unique_ptr<listener> listen_on(const asio::any_io_executor& executor,
                                    const asio::local::stream_protocol::endpoint& local,
                                    std::error_code& error) {
    using asio::local::stream_protocol;

    stream_protocol::acceptor open(executor);
    open.open(local.protocol(), error);
    if (error) {
        return nullptr;
    }
    return bind_and_listen<stream_protocol>(std::move(open), local, error);
}

}  // namespace polytls::detail
