#pragma once

#include "fake_engine.hpp"

#include <polytls/backends.hpp>
#include <polytls/spi/backend.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace polytls::testkit {

using byte_string = std::vector<std::uint8_t>;

/// What a fake backend was given to make a context from, copied.
struct seen_config {
    struct key {
        std::string data{};
        spi::key_encoding encoding{};
        std::optional<std::string> passphrase{};
    };

    std::vector<std::vector<byte_string>> chains{};
    std::vector<bool> external_keys{};  ///< Of the chains.
    std::vector<key> keys{};
    std::vector<byte_string> anchors{};
    const spi::anchor_set* shared = nullptr;
    bool allow_partial_chain = false;
    version_range versions{};
    std::vector<cipher_suite_id> cipher_suites{};
    std::vector<named_group> groups{};
    bool honor_cipher_order = false;
    bool tickets = false;
    std::chrono::seconds timeout{};
    std::string id_context{};
};

/// What a fake backend's contexts do with a chain.
using fake_examiner = std::function<status(std::span<const bytes>, role, spi::peer_judge&)>;

class fake_context final : public spi::context {
public:
    using handshake_script = std::function<progress(spi::handshake_events&)>;

    fake_context(const spi::backend& owner,
                 const spi::context_config& config,
                 const fake_examiner& examiner,
                 handshake_script handshake,
                 int& alive)
        : owner_(owner), examiner_(examiner), handshake_(std::move(handshake)),
          versions_(config.protocol.versions), partial_chain_(config.trust.allow_partial_chain),
          timeout_(config.session.timeout),
          id_context_(config.session.id_context.begin(), config.session.id_context.end()),
          alive_(alive) {
        ++alive_;
    }

    status make_engine(const spi::engine_config&,
                       spi::handshake_events& events,
                       spi::handle<spi::engine>& made) const noexcept override {
        if (!handshake_) {
            return {errc::wrong_state};
        }
        made.reset(new fake_engine(events, handshake_));
        return {};
    }

    status examine_chain(std::span<const bytes> chain,
                         role peer,
                         spi::peer_judge& judge) const noexcept override {
        return examiner_ ? examiner_(chain, peer, judge) : status{errc::wrong_state};
    }

    const spi::backend& owner() const noexcept override { return owner_; }

    version_range versions() const noexcept override { return versions_; }

    bool allows_partial_chain() const noexcept override { return partial_chain_; }

    std::chrono::seconds session_timeout() const noexcept override { return timeout_; }

    bytes session_id_context() const noexcept override { return id_context_; }

    bytes ticket_keys() const noexcept override { return ticket_keys_; }

    void release() noexcept override {
        --alive_;
        delete this;
    }

private:
    const spi::backend& owner_;
    const fake_examiner& examiner_;
    handshake_script handshake_;
    version_range versions_;
    bool partial_chain_;
    std::chrono::seconds timeout_;
    byte_string id_context_;
    byte_string ticket_keys_ = byte_string(48, 'k');
    int& alive_;
};

class fake_anchor_set final : public spi::anchor_set {
public:
    void release() noexcept override { delete this; }
};

/// A backend without cryptography: it takes what it is given, remembers it, and answers as told.
class fake_backend final : public spi::backend {
public:
    std::array<capability, 11> report{{
        {feature::tls1_0, support::no, "left out of this build"},
        {feature::tls1_1, support::no, "left out of this build"},
        {feature::tls1_2, support::yes},
        {feature::tls1_3, support::yes},
        {feature::alpn, support::yes},
        {feature::server_name, support::yes},
        {feature::client_certificates, support::yes},
        {feature::encrypted_keys, support::limited, "PKCS#8 alone"},
        {feature::session_tickets, support::yes},
        {feature::partial_chain, support::yes},
        {feature::crl, support::no, "it reads none"},
    }};
    version_range spoken{protocol_version::tls1_2, protocol_version::tls1_3};
    std::vector<cipher_suite_id> suites{
        cipher_suite_id{0x1301},  // TLS_AES_128_GCM_SHA256
        cipher_suite_id{0x1302},  // TLS_AES_256_GCM_SHA384
        cipher_suite_id{0x1305},  // TLS_AES_128_CCM_8_SHA256
        cipher_suite_id{0xc02f},  // ECDHE-RSA-AES128-GCM-SHA256
        cipher_suite_id{0xc02b},  // ECDHE-ECDSA-AES128-GCM-SHA256
        cipher_suite_id{0xc013},  // ECDHE-RSA-AES128-SHA
        cipher_suite_id{0x009c},  // AES128-GCM-SHA256
        cipher_suite_id{0x00a8},  // PSK-AES128-GCM-SHA256
        cipher_suite_id{0x0004},  // RC4-MD5
        cipher_suite_id{0x0003},  // EXP-RC4-MD5, which has no name any more
    };
    std::vector<named_group> known_groups{named_group::x25519, named_group::secp256r1};
    spi::config_error answer{};  ///< What `make_context` says.
    status pkcs12_answer{};      ///< What `read_pkcs12` says.
    std::vector<byte_string> pkcs12_certificates{};
    status anchor_answer{};             ///< What `make_anchor_set` says.
    std::string native_text{};          ///< What `describe` says.
    std::optional<seen_config> seen{};  ///< What `make_context` was given last.
    std::vector<byte_string> roots{};   ///< What `make_anchor_set` was given.
    std::function<byte_string(spi::digest_algorithm, bytes)> digester{};  ///< What `digest` says.
    fake_examiner examiner{};                    ///< What contexts do with a chain.
    fake_context::handshake_script handshake{};  ///< Of the engines of contexts made from now on.
    int anchor_sets_made = 0;
    int contexts_alive = 0;

    std::string_view name() const noexcept override { return "fake"; }

    std::string_view version() const noexcept override { return "1.2.3"; }

    capability_report capabilities() const noexcept override { return report; }

    version_range versions() const noexcept override { return spoken; }

    std::span<const cipher_suite_id> cipher_suites() const noexcept override { return suites; }

    std::span<const named_group> groups() const noexcept override { return known_groups; }

    const memory_hooks& memory() const noexcept override { return memory_; }

    spi::config_error make_context(const spi::context_config& config,
                                   spi::handle<spi::context>& made) noexcept override {
        remember(config);
        if (!answer.error) {
            made.reset(new fake_context(*this, config, examiner, handshake, contexts_alive));
        }
        return answer;
    }

    status make_anchor_set(std::span<const bytes> anchors,
                           spi::handle<spi::anchor_set>& made) noexcept override {
        ++anchor_sets_made;
        roots = copy(anchors);
        if (!anchor_answer) {
            made.reset(new fake_anchor_set);
        }
        return anchor_answer;
    }

    status read_pkcs12(bytes, std::string_view, spi::pkcs12_contents& contents) noexcept override {
        for (const byte_string& der : pkcs12_certificates) {
            contents.certificate(der);
        }
        return pkcs12_answer;
    }

    std::size_t digest(spi::digest_algorithm algorithm,
                       bytes data,
                       mutable_bytes output) const noexcept override {
        const byte_string made = digester ? digester(algorithm, data) : byte_string{};
        if (made.size() > output.size()) {
            return 0;
        }
        std::ranges::copy(made, output.begin());
        return made.size();
    }

    std::size_t describe(std::int32_t, std::span<char> text) const noexcept override {
        const std::size_t size = std::min(text.size(), native_text.size());
        std::copy_n(native_text.begin(), size, text.begin());
        return size;
    }

private:
    static std::vector<byte_string> copy(std::span<const bytes> list) {
        std::vector<byte_string> copied;
        for (const bytes one : list) {
            copied.emplace_back(one.begin(), one.end());
        }
        return copied;
    }

    void remember(const spi::context_config& config) {
        seen_config now;
        for (const spi::certificate_chain& chain : config.identity.chains) {
            now.chains.push_back(copy(chain.certificates));
            now.external_keys.push_back(chain.external_key);
        }
        for (const spi::private_key_source& key : config.identity.keys) {
            now.keys.push_back(
                {std::string(as_text(key.data)), key.encoding,
                 key.has_passphrase ? std::optional(std::string(key.passphrase)) : std::nullopt});
        }
        now.anchors = copy(config.trust.anchors);
        now.shared = config.trust.shared;
        now.allow_partial_chain = config.trust.allow_partial_chain;
        now.versions = config.protocol.versions;
        now.cipher_suites.assign(config.protocol.cipher_suites.begin(),
                                 config.protocol.cipher_suites.end());
        now.groups.assign(config.protocol.groups.begin(), config.protocol.groups.end());
        now.honor_cipher_order = config.protocol.honor_cipher_order;
        now.tickets = config.session.tickets;
        now.timeout = config.session.timeout;
        now.id_context = as_text(config.session.id_context);
        seen = std::move(now);
    }

    memory_hooks memory_{};
};

}  // namespace polytls::testkit
