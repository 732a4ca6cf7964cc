// OpenSSL by itself: over a BIO without a buffer of its own, which is the quickest way to drive it,
// and with no call that the job can do without. As a program would have it, SSL_get_error is asked
// only where something did not succeed, and the error queue is trusted to be empty.
#include "library.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace polytls::bench::raw {
namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

using bio_handle = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using pkey_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using ssl_ctx_handle = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using ssl_session_handle = std::unique_ptr<SSL_SESSION, freed_by<SSL_SESSION_free>>;
using x509_handle = std::unique_ptr<X509, freed_by<X509_free>>;

wire& wire_of(BIO* bio) {
    return *static_cast<wire*>(BIO_get_data(bio));
}

int read_wire(BIO* bio, char* data, std::size_t size, std::size_t* count) {
    byte_queue& in = wire_of(bio).in;
    *count = std::min(size, in.unread().size());
    if (*count == 0) {
        BIO_clear_retry_flags(bio);
        BIO_set_retry_read(bio);
        return 0;
    }
    std::memcpy(data, in.unread().data(), *count);
    in.consume(*count);
    return 1;
}

int write_wire(BIO* bio, const char* data, std::size_t size, std::size_t* count) {
    *count = wire_of(bio).out.append(as_bytes({data, size}));
    return 1;
}

long control_wire(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO* make_bio(wire& over) {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "benchmark wire");
        BIO_meth_set_read_ex(made, read_wire);
        BIO_meth_set_write_ex(made, write_wire);
        BIO_meth_set_ctrl(made, control_wire);
        return made;
    }();
    BIO* bio = BIO_new(method);
    BIO_set_data(bio, &over);
    BIO_set_init(bio, 1);
    return bio;
}

x509_handle parse(const std::vector<std::uint8_t>& der) {
    const unsigned char* at = der.data();
    return x509_handle(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

class openssl;

class openssl_end final : public end {
public:
    openssl_end(SSL_CTX* ctx, openssl& owner, wire over) : over_(over), ssl_(SSL_new(ctx)) {
        BIO* bio = make_bio(over_);
        SSL_set_bio(ssl_, bio, bio);
        SSL_set_app_data(ssl_, &owner);
    }

    ~openssl_end() override {
        // Without this, OpenSSL would take the session for spoilt.
        SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_free(ssl_);
    }

    openssl_end(const openssl_end&) = delete;
    openssl_end& operator=(const openssl_end&) = delete;

    SSL* ssl() const { return ssl_; }

    bool handshake() override {
        const int result = SSL_do_handshake(ssl_);
        require(result == 1 || SSL_get_error(ssl_, result) == SSL_ERROR_WANT_READ,
                "SSL_do_handshake failed");
        return result == 1;
    }

    void write(bytes plaintext) override {
        const int size = static_cast<int>(plaintext.size());
        require(SSL_write(ssl_, plaintext.data(), size) == size, "SSL_write failed");
    }

    std::size_t read(mutable_bytes plaintext) override {
        const int result = SSL_read(ssl_, plaintext.data(), static_cast<int>(plaintext.size()));
        require(result > 0 || SSL_get_error(ssl_, result) == SSL_ERROR_WANT_READ,
                "SSL_read failed");
        return result > 0 ? static_cast<std::size_t>(result) : 0;
    }

    bool resumed() const override { return SSL_session_reused(ssl_) == 1; }

    void release_buffers() override { SSL_free_buffers(ssl_); }

private:
    wire over_;
    SSL* ssl_;
};

class openssl final : public contender {
public:
    explicit openssl(const job& wanted)
        : wanted_(wanted), server_(make_ctx(TLS_server_method())),
          client_(make_ctx(TLS_client_method())) {
        const bio_handle pem(BIO_new_mem_buf(the_credentials().key_pem.data(),
                                             static_cast<int>(the_credentials().key_pem.size())));
        const pkey_handle key(PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr));
        const x509_handle leaf = parse(the_credentials().leaf_der);
        require(SSL_CTX_use_certificate(server_.get(), leaf.get()) == 1 &&
                    SSL_CTX_use_PrivateKey(server_.get(), key.get()) == 1,
                "the server's certificate cannot be used");
        SSL_CTX_set_session_cache_mode(server_.get(), SSL_SESS_CACHE_OFF);

        const x509_handle ca = parse(the_credentials().ca_der);
        X509_STORE_add_cert(SSL_CTX_get_cert_store(client_.get()), ca.get());
        SSL_CTX_set_verify(client_.get(), SSL_VERIFY_PEER, nullptr);
        SSL_CTX_set_session_cache_mode(client_.get(),
                                       wanted.sessions == session_use::none
                                           ? SSL_SESS_CACHE_OFF
                                           : SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        if (wanted.sessions != session_use::none) {
            SSL_CTX_sess_set_new_cb(client_.get(), keep_session);
        }
    }

    std::unique_ptr<end> make_server(wire over) override {
        auto made = std::make_unique<openssl_end>(server_.get(), *this, over);
        SSL_set_accept_state(made->ssl());
        return made;
    }

    std::unique_ptr<end> make_client(wire over, bool resume) override {
        auto made = std::make_unique<openssl_end>(client_.get(), *this, over);
        SSL_set_connect_state(made->ssl());
        SSL_set_tlsext_host_name(made->ssl(), host.data());
        SSL_set1_host(made->ssl(), host.data());
        if (resume) {
            offer_session(made->ssl());
        }
        return made;
    }

private:
    ssl_ctx_handle make_ctx(const SSL_METHOD* method) const {
        ssl_ctx_handle made(SSL_CTX_new(method));
        // As polytls does: nothing is looked for to go with the certificate that is given.
        SSL_CTX_set_mode(made.get(), SSL_MODE_NO_AUTO_CHAIN);
        const int version = static_cast<int>(wanted_.version);
        require(made && SSL_CTX_set_min_proto_version(made.get(), version) == 1 &&
                    SSL_CTX_set_max_proto_version(made.get(), version) == 1 &&
                    SSL_CTX_set_ciphersuites(made.get(), "TLS_AES_256_GCM_SHA384") == 1 &&
                    SSL_CTX_set_cipher_list(made.get(), "ECDHE-ECDSA-AES256-GCM-SHA384") == 1 &&
                    SSL_CTX_set1_groups_list(made.get(), "X25519:P-256") == 1,
                "no SSL_CTX");
        return made;
    }

    static int keep_session(SSL* ssl, SSL_SESSION* session) {
        auto& self = *static_cast<openssl*>(SSL_get_app_data(ssl));
        if (self.wanted_.sessions == session_use::object) {
            self.object_.reset(session);
            return 1;
        }
        self.encoded_.resize(static_cast<std::size_t>(i2d_SSL_SESSION(session, nullptr)));
        unsigned char* at = self.encoded_.data();
        i2d_SSL_SESSION(session, &at);
        return 0;
    }

    void offer_session(SSL* ssl) const {
        if (wanted_.sessions == session_use::object) {
            SSL_set_session(ssl, object_.get());
            return;
        }
        const unsigned char* at = encoded_.data();
        const ssl_session_handle session(
            d2i_SSL_SESSION(nullptr, &at, static_cast<long>(encoded_.size())));
        require(session && SSL_set_session(ssl, session.get()) == 1, "d2i_SSL_SESSION failed");
    }

    job wanted_;
    ssl_ctx_handle server_;
    ssl_ctx_handle client_;
    ssl_session_handle object_;
    std::vector<std::uint8_t> encoded_;
};

}  // namespace

std::unique_ptr<contender> make_openssl(const job& wanted) {
    return std::make_unique<openssl>(wanted);
}

}  // namespace polytls::bench::raw
