#include "next_protocol.hpp"

#include "engine.hpp"

namespace polytls::openssl {
namespace {

int advertise(SSL* ssl, const unsigned char** list, unsigned* size, void* /*unused*/) noexcept {
    const bytes protocols = engine::of(ssl).next_protocols();
    *list = protocols.data();
    *size = static_cast<unsigned>(protocols.size());
    return protocols.empty() ? SSL_TLSEXT_ERR_NOACK : SSL_TLSEXT_ERR_OK;
}

int select(SSL* ssl,
           unsigned char** chosen,
           unsigned char* chosen_size,
           const unsigned char* advertised,
           unsigned advertised_size,
           void* /*unused*/) noexcept {
    const bytes own = engine::of(ssl).next_protocols();
    // A client that has promised to choose must, also when it knows nothing to choose from.
    const bytes spoken = own.empty() ? bytes(advertised, advertised_size) : own;
    if (spoken.empty()) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    // Without a protocol in common this gives the client's first, which is what NPN asks for.
    SSL_select_next_proto(chosen, chosen_size, advertised, advertised_size, spoken.data(),
                          static_cast<unsigned>(spoken.size()));
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

void use_next_protocols(SSL_CTX* ctx) noexcept {
    SSL_CTX_set_next_protos_advertised_cb(ctx, advertise, nullptr);
    SSL_CTX_set_next_proto_select_cb(ctx, select, nullptr);
}

bytes agreed_next_protocol(const SSL* ssl) noexcept {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_next_proto_negotiated(ssl, &name, &size);
    return {name, size};
}

}  // namespace polytls::openssl
