#pragma once

#include "bio.hpp"
#include "handles.hpp"

#include <polytls/spi/configuration.hpp>
#include <polytls/spi/engine.hpp>
#include <polytls/spi/handle.hpp>
#include <polytls/spi/handshake_events.hpp>

namespace polytls::openssl {

struct examination;

class engine final : public spi::engine {
public:
    static status make(SSL_CTX* ctx,
                       const spi::engine_config& config,
                       spi::handshake_events& events,
                       spi::handle<spi::engine>& made) noexcept;

    explicit engine(spi::handshake_events& events) noexcept : events_(&events) {}

    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    /// The engine that an SSL belongs to.
    static engine& of(const SSL* ssl) noexcept;

    spi::handshake_events& events() const noexcept { return *events_; }

    /// The protocol that a server chose before it saw the client's offer; empty for none.
    bytes chosen_protocol() const noexcept { return {chosen_protocol_, chosen_protocol_size_}; }

    progress handshake(bytes input, byte_sink& output) noexcept override;
    progress read(bytes input, mutable_bytes plaintext, byte_sink& output) noexcept override;
    progress write(bytes plaintext, byte_sink& output) noexcept override;
    progress close(byte_sink& output) noexcept override;
    void release_buffers() noexcept override;
    spi::negotiated facts() const noexcept override;
    bytes application_protocol() const noexcept override;
    status peer_certificates(byte_sink& output) const noexcept override;
    status export_keying_material(std::string_view label,
                                  std::optional<bytes> context,
                                  mutable_bytes output) const noexcept override;
    std::size_t finished(spi::finished_by whose, mutable_bytes output) const noexcept override;
    void release() noexcept override;

    /// What verification has found so far; null outside of it.
    examination* under_examination = nullptr;

private:
    status prepare(SSL_CTX* ctx, const spi::engine_config& config) noexcept;
    status prepare_client(const spi::engine_config& config) noexcept;
    status prepare_server(const spi::engine_config& config) noexcept;
    progress outcome(int result) noexcept;
    progress finish(progress step) noexcept;
    void begin(bytes input, byte_sink& output) noexcept;
    static void note_alert(const SSL* ssl, int where, int value) noexcept;

    spi::handshake_events* events_;
    wire wire_{};
    ssl_handle ssl_;
    alert_description alert_ = alert_description::none;
    std::uint8_t chosen_protocol_size_ = 0;
    std::uint8_t chosen_protocol_[255] = {};
};

/// The server's answer to a client's ALPN offer: the protocol its engine was made with.
int choose_protocol(SSL* ssl,
                    const unsigned char** chosen,
                    unsigned char* chosen_size,
                    const unsigned char* offer,
                    unsigned offer_size,
                    void* unused) noexcept;

}  // namespace polytls::openssl
