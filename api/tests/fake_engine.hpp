#pragma once

#include <polytls/spi/engine.hpp>
#include <polytls/spi/handshake_events.hpp>

#include <functional>
#include <utility>

namespace polytls::testkit {

/// An engine whose handshake is what a test makes of it, and which does nothing else.
class fake_engine final : public spi::engine {
public:
    using script = std::function<progress(spi::handshake_events&)>;

    fake_engine(spi::handshake_events& events, script handshake)
        : events_(events), handshake_(std::move(handshake)) {}

    progress handshake(bytes, byte_sink&) noexcept override { return handshake_(events_); }

    progress read(bytes, mutable_bytes, byte_sink&) noexcept override {
        return {.next = want::input};
    }

    progress write(bytes, byte_sink&) noexcept override { return {.next = want::input}; }

    progress update_keys(bool, byte_sink&) noexcept override {
        return {.error = {errc::unsupported_by_backend}};
    }

    progress renegotiate(spi::peer_certificate, byte_sink&) noexcept override {
        return {.error = {errc::renegotiation_unavailable}};
    }

    progress close(byte_sink&) noexcept override { return {}; }

    void release_buffers() noexcept override {}

    spi::negotiated facts() const noexcept override { return {}; }

    std::size_t shared_signature_schemes(std::span<signature_scheme>) const noexcept override {
        return 0;
    }

    std::size_t shared_groups(std::span<named_group>) const noexcept override { return 0; }

    bytes application_protocol() const noexcept override { return {}; }

    bytes next_protocol() const noexcept override { return {}; }

    status peer_certificates(byte_sink&) const noexcept override { return {}; }

    bytes ocsp_response() const noexcept override { return {}; }

    bytes session_ticket() const noexcept override { return {}; }

    status export_keying_material(std::string_view,
                                  std::optional<bytes>,
                                  mutable_bytes) const noexcept override {
        return {errc::unsupported_by_backend};
    }

    std::size_t finished(spi::finished_by, mutable_bytes) const noexcept override { return 0; }

    void release() noexcept override { delete this; }

private:
    spi::handshake_events& events_;
    script handshake_;
};

}  // namespace polytls::testkit
