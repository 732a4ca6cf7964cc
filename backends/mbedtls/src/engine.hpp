#pragma once

#include "handles.hpp"
#include "memory.hpp"
#include "secrets.hpp"
#include "verify.hpp"
#include "wire.hpp"

#include <polytls/core/ticket_keys.hpp>
#include <polytls/spi/configuration.hpp>
#include <polytls/spi/engine.hpp>
#include <polytls/spi/handle.hpp>
#include <polytls/spi/handshake_events.hpp>

#include <array>
#include <memory>

namespace polytls::mbedtls {

class context;

class engine final : public spi::engine {
public:
    static status make(const context& of,
                       const spi::engine_config& config,
                       spi::handshake_events& events,
                       spi::handle<spi::engine>& made) noexcept;

    engine(const context& of, spi::handshake_events& events) noexcept;
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    progress handshake(bytes input, byte_sink& output) noexcept override;
    progress read(bytes input, mutable_bytes plaintext, byte_sink& output) noexcept override;
    progress write(bytes plaintext, byte_sink& output) noexcept override;
    progress update_keys(bool of_peer, byte_sink& output) noexcept override;
    progress renegotiate(spi::peer_certificate peer, byte_sink& output) noexcept override;
    progress close(byte_sink& output) noexcept override;

    /// mbedTLS has buffers of one size for the life of a connection.
    void release_buffers() noexcept override {}

    spi::negotiated facts() const noexcept override;
    std::size_t
    shared_signature_schemes(std::span<signature_scheme> schemes) const noexcept override;
    std::size_t shared_groups(std::span<named_group> groups) const noexcept override;
    bytes application_protocol() const noexcept override;

    bytes next_protocol() const noexcept override { return {}; }

    status peer_certificates(byte_sink& output) const noexcept override;

    bytes ocsp_response() const noexcept override { return {}; }

    bytes session_ticket() const noexcept override;
    status export_keying_material(std::string_view label,
                                  std::optional<bytes> context,
                                  mutable_bytes output) const noexcept override;
    std::size_t finished(spi::finished_by whose, mutable_bytes output) const noexcept override;
    void release() noexcept override;

private:
    // What it is made from: setup.cpp.
    status prepare(const spi::engine_config& config) noexcept;
    status prepare_client(const spi::engine_config& config) noexcept;
    status prepare_server(const spi::engine_config& config) noexcept;
    status configure() noexcept;
    status use_protocols(protocol_list protocols) noexcept;
    void order_suites(const spi::engine_config& config) noexcept;
    void order_groups(const client_hello* hello) noexcept;
    void note_shared_schemes(const client_hello& hello) noexcept;
    void ask_for_certificate(spi::peer_certificate peer) noexcept;

    // Sessions: resumption.cpp.
    int suite_asked_for(const spi::engine_config& config) noexcept;
    bool load_ticket(bytes ticket, mbedtls_ssl_session& session, bool ask) noexcept;
    bool load_kept(bytes blob, mbedtls_ssl_session& session) const noexcept;
    status offer_session(bytes blob) noexcept;
    void tell_session() noexcept;
    static int write_ticket(void* self,
                            const mbedtls_ssl_session* session,
                            unsigned char* start,
                            const unsigned char* end,
                            std::size_t* size,
                            std::uint32_t* lifetime);
    static int
    parse_ticket(void* self, mbedtls_ssl_session* session, unsigned char* data, std::size_t size);
    static int keep_session(void* self, const mbedtls_ssl_session* session);
    static int find_session(void* self, mbedtls_ssl_session* session);

    // Handshakes: handshake.cpp.
    int shake_hands() noexcept;
    int after_step(int before, bool ticket_expected) noexcept;
    void note_exchange() noexcept;
    int judge() noexcept;
    int refuse(status why) noexcept;
    void handshake_ends() noexcept;
    static int draw(void* self, unsigned char* output, std::size_t size);
    static int take_keys(void* self,
                         const unsigned char* master,
                         const unsigned char* keys,
                         std::size_t mac_size,
                         std::size_t key_size,
                         std::size_t iv_size,
                         const unsigned char* client_random,
                         const unsigned char* server_random,
                         mbedtls_tls_prf_types prf);

    void begin(bytes input, byte_sink& output) noexcept;
    int receive(mutable_bytes room) noexcept;
    int receive_wire(unsigned char* data, std::size_t size) noexcept;
    progress outcome(int result) noexcept;
    status failure(int result) noexcept;

    enum class renegotiation_state : std::uint8_t {
        none,
        requested,  ///< By us; the peer's answer has not come.
        under_way,
    };

    const context* context_;
    spi::handshake_events* events_;
    config_holder config_;
    wire wire_;
    chain_record record_;
    secrets secrets_;
    std::array<int, 65> suites_{};
    std::array<compat::group_list, 17> curves_{};
    std::array<named_group, 16> shared_groups_{};
    std::array<signature_scheme, 8> shared_schemes_{};
    std::unique_ptr<scratch, unmaker> protocols_;  // Their names, and mbedTLS's list of them.
    std::unique_ptr<scratch, unmaker> kept_;       // What a server kept of the session asked for.
    polytls::ticket_keys ticket_keys_{};
    ssl_holder ssl_;          // Refers to all above.
    status fault_{};          // Ours, which mbedTLS had to be stopped for.
    std::size_t unsent_ = 0;  // Plaintext of the record that waits for room.
    named_group group_ = named_group::none;
    std::uint16_t dh_size_ = 0;
    std::uint8_t shared_group_count_ = 0;
    std::uint8_t shared_scheme_count_ = 0;
    renegotiation_state renegotiation_ = renegotiation_state::none;
    spi::peer_certificate asked_ = spi::peer_certificate::required;
    bool server_ = false;
    bool complete_ = false;
    bool full_handshake_ = false;
    bool new_ticket_ = false;
    bool reading_ = false;
    bool closing_ = false;
    bool logs_keys_ = false;
    bool keeps_sessions_ = false;
    bool tells_sessions_ = false;
};

}  // namespace polytls::mbedtls
