// What must hold of both ends, whatever happens between them.
#include "conversation.hpp"

#include <utility>

namespace polytls::fuzz {
namespace {

bool fits(persona who) {
    return who == persona::trusted;
}

octets joined(const std::vector<octets>& chain) {
    octets whole;
    for (const octets& each : chain) {
        whole.insert(whole.end(), each.begin(), each.end());
    }
    return whole;
}

}  // namespace

bool conversation::should_succeed() const {
    const bool server_fits =
        fits(setup_.server) || (!setup_.client_rejects && setup_.server != persona::nobody);
    const bool client_fits =
        fits(setup_.client) || !setup_.requests_certificate || !setup_.server_rejects;
    return !disturbed_ && server_fits && client_fits;
}

void conversation::check_ends() const {
    if (!trusts_changed_) {
        check_authorization(*client_, setup_.server, true, setup_.client_rejects);
        check_authorization(*server_, setup_.client, setup_.requests_certificate,
                            setup_.server_rejects);
    }
    for (const auto& [end, other] : {std::pair(tested_, peer_), std::pair(peer_, tested_)}) {
        require(other->sent().starts_with(end->received()),
                "what is received is what was sent, from its start");
        require(end->received().empty() || end->tls().handshake_complete() || end->tls().error(),
                "nothing is received before the handshake is complete");
    }
    if (client_->tls().handshake_complete() && server_->tls().handshake_complete()) {
        check_agreement();
    }
}

void conversation::check_authorization(const checked_end& end,
                                       persona peer,
                                       bool asked,
                                       bool rejects) const {
    const connection& tls = end.tls();
    const bool renegotiated = client_->renegotiated() || server_->renegotiated();
    require(!tls.authorized() || (peer == persona::trusted && (asked || renegotiated)),
            "only who can be trusted is authorized");
    if (!tls.handshake_complete() || renegotiated) {
        return;
    }
    require(tls.authorized() || !(asked && rejects), "nobody gets in who is to be refused");
    require(tls.authorized() || !asked || !fits(peer), "who can be trusted is authorized");
    byte_buffer shown;
    require(!tls.peer_certificates(shown), "the peer's certificates can be told");
    if (shown.empty()) {
        require(!asked || peer == persona::nobody, "certificates that were shown are told");
        return;
    }
    const auto& chain =
        party_for(tls.side() == role::client ? role::server : role::client, peer, setup_.versions)
            .chain;
    // Of a session that was resumed, libraries may know the leaf only.
    require(equal(shown.data(), joined(chain)) ||
                (tls.facts().resumed && !chain.empty() && equal(shown.data(), chain.front())),
            "the peer's certificates are those it has");
}

void conversation::check_agreement() const {
    const connection& client = client_->tls();
    const connection& server = server_->tls();
    require(client.facts().version == server.facts().version &&
                setup_.versions.contains(client.facts().version),
            "both ends speak the same version");
    require(equal(client.application_protocol(), server.application_protocol()),
            "both ends speak the same protocol");
    if (client_->renegotiated() || server_->renegotiated()) {
        return;
    }
    require(client.facts().cipher_suite == server.facts().cipher_suite &&
                client.facts().resumed == server.facts().resumed,
            "both ends have agreed on the same");
    require(equal(client.next_protocol(), server.next_protocol()),
            "both ends speak the same protocol by NPN");
    require(server.server_name() == "localhost", "the server knows the name that was asked for");
    require(client.ocsp_response().empty() || equal(client.ocsp_response(), checked_end::staple()),
            "the response is the one that was stapled");
    std::array<std::uint8_t, 32> client_key{};
    std::array<std::uint8_t, 32> server_key{};
    require(!client.export_keying_material("EXPERIMENTAL fuzz", {}, client_key) &&
                !server.export_keying_material("EXPERIMENTAL fuzz", {}, server_key) &&
                client_key == server_key,
            "both ends have the same secrets");
}

}  // namespace polytls::fuzz
