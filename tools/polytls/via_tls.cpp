#include "via_tls.hpp"

#include <polytls/transport/make_duplex.hpp>

namespace polytls::tool {

result<tls_socket> connect_via(asio::io_context& context,
                               const network_place& outer,
                               const connect_options& inner,
                               const std::function<void(tls_socket)>& listen) {
    connect_options options{.port = outer.port,
                            .credentials = inner.credentials,
                            .reject_unauthorized = inner.reject_unauthorized,
                            .handshake_timeout = inner.handshake_timeout};
    if (!outer.host.empty()) {
        options.host = outer.host;
    }
    auto standing = connect(context, std::move(options));
    if (!standing) {
        return standing;
    }
    listen(*standing);
    auto made = connect_over(make_duplex(*standing), inner);
    if (!made) {
        standing->destroy();
    }
    return made;
}

}  // namespace polytls::tool
