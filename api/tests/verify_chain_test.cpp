#include "core/der_builder.hpp"
#include "fake_backend.hpp"

#include <polytls/pem.hpp>
#include <polytls/verify_chain.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace polytls {
namespace {

using testing_der::der;

constexpr std::chrono::seconds in_2026{1'767'225'600};

/// A library that takes the chain as it is given for the path, and finds what it is told to.
class judged_chain : public testing::Test {
protected:
    judged_chain() {
        fake_.examiner = [this](std::span<const bytes> chain, role peer, spi::peer_judge& judge) {
            seen_peer = peer;
            seen_time = judge.now().unix_time;
            std::vector<path_element> path;
            for (const bytes one : chain) {
                path.push_back({.der = one});
            }
            path.front().faults = fault_of_leaf;
            path.back().anchor = anchored;
            judgement = judge.judge_peer({.path = path, .sent = path.size(), .accepted = accepted});
            return status{};
        };
        settings.context =
            value_of(create_secure_context({.backend = backend(fake_), .ca = one_or_many{}}));
        settings.chain = pem({leaf(), root()});
        settings.unix_time = in_2026;
    }

    static der leaf() {
        return testing_der::certificate{
            .subject = "leaf",
            .issuer = "root",
            .extensions = {testing_der::subject_alt_name({testing_der::dns_name("a.example")})}}
            .encode();
    }

    static der root() {
        return testing_der::certificate{.subject = "root",
                                        .issuer = "root",
                                        .extensions = {testing_der::basic_constraints(true)}}
            .encode();
    }

    static std::string pem(const std::vector<der>& chain) {
        std::string text;
        for (const der& one : chain) {
            text += to_pem("CERTIFICATE", one);
        }
        return text;
    }

    failure refused() const {
        const auto verified = verify_chain(settings);
        return verified ? failure{} : verified.error();
    }

    testkit::fake_backend fake_;
    chain_settings settings;
    fault fault_of_leaf = fault::none;
    bool anchored = true;
    bool accepted = true;
    std::optional<role> seen_peer;
    std::chrono::seconds seen_time{0};
    spi::peer_judgement judgement;
};

TEST_F(judged_chain, that_has_no_fault_is_verified) {
    EXPECT_TRUE(verify_chain(settings));
    EXPECT_TRUE(judgement.accept);
    EXPECT_EQ(seen_peer, role::server);
    EXPECT_EQ(seen_time, in_2026);
}

TEST_F(judged_chain, that_the_library_refused_is_never_verified) {
    accepted = false;

    EXPECT_EQ(refused().name(), "UNSPECIFIED");
    EXPECT_EQ(refused().code, condition::not_authorized);
    EXPECT_FALSE(judgement.accept);
}

TEST_F(judged_chain, is_refused_by_the_first_of_its_faults_as_a_connection_would_say_it) {
    fault_of_leaf = fault::revoked | fault::wrong_purpose;
    accepted = false;
    settings.host = "b.example";

    const failure why = refused();

    EXPECT_EQ(why.name(), "CERT_REVOKED");
    EXPECT_EQ(why.message, "certificate revoked");
    EXPECT_EQ(why.verification, verify_code::cert_revoked);
    EXPECT_EQ(why.alert, alert_description::certificate_revoked);
    EXPECT_EQ(why.backend, "fake");
    EXPECT_EQ(why.backend_version, "1.2.3");
}

TEST_F(judged_chain, is_judged_by_the_time_given) {
    settings.unix_time = std::chrono::seconds(4'000'000'000);

    EXPECT_EQ(refused().name(), "CERT_HAS_EXPIRED");
    EXPECT_EQ(seen_time, settings.unix_time);
}

TEST_F(judged_chain, is_to_be_for_the_host_where_one_is_given) {
    settings.host = "a.example";
    EXPECT_TRUE(verify_chain(settings));

    settings.host = "b.example";
    const failure why = refused();

    EXPECT_EQ(why.code, errc::altname_invalid);
    EXPECT_EQ(why.name(), "ALTNAME_INVALID");
    EXPECT_EQ(why.verification, verify_code::altname_invalid);
    EXPECT_EQ(why.message, "Hostname/IP does not match certificate's altnames: Host: b.example. is "
                           "not in the cert's altnames: DNS:a.example");
    EXPECT_FALSE(judgement.accept);
}

TEST_F(judged_chain, of_a_client_is_for_its_purpose_and_no_host) {
    settings.peer = role::client;
    EXPECT_TRUE(verify_chain(settings));
    EXPECT_EQ(seen_peer, role::client);

    settings.host = "a.example";
    EXPECT_EQ(refused().code, errc::invalid_argument);
    EXPECT_EQ(refused().input, "host");
}

TEST_F(judged_chain, may_end_at_any_anchor_only_where_the_context_allows_it) {
    settings.chain = pem({leaf()});
    EXPECT_EQ(refused().verification, verify_code::unable_to_get_issuer_cert);

    settings.context = value_of(create_secure_context(
        {.backend = backend(fake_), .ca = one_or_many{}, .allow_partial_trust_chain = true}));
    EXPECT_TRUE(verify_chain(settings));
}

TEST_F(judged_chain, may_be_der) {
    const der alone = root();
    settings.chain = as_text(alone);

    EXPECT_TRUE(verify_chain(settings));
}

TEST_F(judged_chain, that_is_none_is_told_apart_and_named) {
    const auto refusal_of = [this](std::string text) {
        settings.chain = std::move(text);
        return refused();
    };

    EXPECT_EQ(refusal_of("").code, errc::bad_certificate);
    EXPECT_EQ(refusal_of("hello").code, errc::bad_certificate);
    EXPECT_EQ(refusal_of(to_pem("PUBLIC KEY", root())).code, errc::bad_certificate);
    EXPECT_EQ(refusal_of("-----BEGIN CERTIFICATE-----\nAAAA").code, errc::bad_pem);
    for (const char* text : {"", "hello", "-----BEGIN CERTIFICATE-----\nAAAA"}) {
        EXPECT_EQ(refusal_of(text).input, "chain");
    }
    EXPECT_FALSE(seen_peer) << "the library is not bothered with it";
}

TEST_F(judged_chain, that_the_library_cannot_read_is_told_with_its_place) {
    fake_.examiner = [](std::span<const bytes>, role, spi::peer_judge&) {
        return status{.code = errc::bad_certificate, .native = 7};
    };
    fake_.native_text = "wrong tag";
    settings.chain = pem({leaf(), {0x30, 0}});

    const failure why = refused();

    EXPECT_EQ(why.code, errc::bad_certificate);
    EXPECT_EQ(why.input, "chain");
    EXPECT_EQ(why.message.substr(0, 22), "chain, certificate 2: ");
    EXPECT_EQ(why.native, 7);
    EXPECT_EQ(why.native_text, "wrong tag");
    settings.chain = pem({leaf(), root()});
    EXPECT_EQ(refused().message.substr(0, 7), "chain: ");
}

TEST_F(judged_chain, that_nothing_was_found_out_about_is_refused) {
    fake_.examiner = [](std::span<const bytes>, role, spi::peer_judge&) { return status{}; };

    EXPECT_EQ(refused().verification, verify_code::unspecified);
}

TEST_F(judged_chain, needs_a_context) {
    settings.context = {};

    EXPECT_EQ(refused().code, errc::invalid_argument);
    EXPECT_EQ(refused().input, "context");
}

}  // namespace
}  // namespace polytls
