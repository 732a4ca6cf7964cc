#include "der_builder.hpp"

#include <polytls/core/verdict.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace polytls {
namespace {

using namespace testing_der;

/// The faults in the order in which they are reported, with their codes where the leaf has them.
constexpr std::array<std::pair<fault, verify_code>, 17> by_priority = {{
    {fault::expired, verify_code::cert_has_expired},
    {fault::not_yet_valid, verify_code::cert_not_yet_valid},
    {fault::bad_signature, verify_code::cert_signature_failure},
    {fault::revoked, verify_code::cert_revoked},
    {fault::crl_bad_signature, verify_code::crl_signature_failure},
    {fault::crl_expired, verify_code::crl_has_expired},
    {fault::crl_not_yet_valid, verify_code::crl_not_yet_valid},
    {fault::crl_missing, verify_code::unable_to_get_crl},
    {fault::chain_too_long, verify_code::cert_chain_too_long},
    {fault::weak_key, verify_code::ee_key_too_small},
    {fault::weak_digest, verify_code::ca_md_too_weak},
    {fault::not_a_ca, verify_code::invalid_ca},
    {fault::path_too_long, verify_code::path_length_exceeded},
    {fault::wrong_purpose, verify_code::invalid_purpose},
    {fault::name_constraint, verify_code::name_constraint_violation},
    {fault::critical_extension, verify_code::unhandled_critical_extension},
    {fault::other, verify_code::unspecified},
}};

/// A path of leaf, intermediate and root in which nothing is wrong.
class path {
public:
    path() {
        add({.subject = "leaf", .issuer = "middle"});
        add({.subject = "middle", .issuer = "root", .extensions = {basic_constraints(true)}});
        add({.subject = "root", .issuer = "root", .extensions = {basic_constraints(true)}});
        elements.back().anchor = true;
    }

    void add(const testing_der::certificate& what) {
        encoded_.push_back(what.encode());
        elements.push_back({.der = encoded_.back()});
    }

    void replace(std::size_t depth, const testing_der::certificate& what) {
        encoded_.push_back(what.encode());
        elements[depth].der = encoded_.back();
    }

    verify_code judged(bool accepted = true, verdict_policy policy = sensible()) const {
        return judge({.path = elements, .sent = elements.size(), .accepted = accepted}, policy);
    }

    static verdict_policy sensible() {
        return {.peer = role::server, .unix_time = std::chrono::seconds(1'700'000'000)};
    }

    std::vector<path_element> elements;

private:
    std::vector<der> encoded_;  // Their bytes stay where they are when it grows.
};

TEST(verdict, a_path_without_fault_that_the_library_accepts_is_ok) {
    EXPECT_EQ(path().judged(), verify_code::ok);
}

TEST(verdict, is_never_ok_where_the_library_refused) {
    EXPECT_EQ(path().judged(false), verify_code::unspecified);
}

TEST(verdict, is_never_ok_with_any_fault_anywhere_even_if_the_library_accepted) {
    for (std::uint32_t bit = 0; bit <= 17; ++bit) {
        for (std::size_t depth = 0; depth < 3; ++depth) {
            SCOPED_TRACE(testing::Message() << "bit " << bit << " at depth " << depth);
            path with;
            with.elements[depth].faults = static_cast<fault>(1U << bit);

            EXPECT_NE(with.judged(true), verify_code::ok);
            EXPECT_NE(with.judged(false), verify_code::ok);
        }
    }
}

TEST(verdict, each_fault_has_its_code) {
    for (const auto& [found, code] : by_priority) {
        path with;
        with.elements[0].faults = found;

        EXPECT_EQ(with.judged(false), code);
    }
}

TEST(verdict, of_two_faults_the_earlier_in_the_order_is_told_wherever_they_are) {
    for (std::size_t first = 0; first < by_priority.size(); ++first) {
        for (std::size_t second = first + 1; second < by_priority.size(); ++second) {
            for (const std::size_t depth : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
                SCOPED_TRACE(testing::Message() << first << ", " << second << " at " << depth);
                path with;
                with.elements[0].faults = by_priority[first].first;
                with.elements[depth].faults |= by_priority[second].first;

                EXPECT_EQ(with.judged(false), by_priority[first].second);
            }
        }
    }
}

TEST(verdict, a_weak_key_of_an_issuer_is_told_apart_from_the_leafs) {
    path with;
    with.elements[1].faults = fault::weak_key;

    EXPECT_EQ(with.judged(false), verify_code::ca_key_too_small);
}

TEST(verdict, no_certificate_at_all_is_no_issuer) {
    EXPECT_EQ(judge({.accepted = true}, path::sensible()), verify_code::unable_to_get_issuer_cert);
}

TEST(verdict, reads_the_dates_itself) {
    path with;
    with.replace(1, {.subject = "middle",
                     .issuer = "root",
                     .not_after = "20210101000000Z",
                     .extensions = {basic_constraints(true)}});
    EXPECT_EQ(with.judged(), verify_code::cert_has_expired);

    auto early = path::sensible();
    early.unix_time = std::chrono::seconds(1'577'836'799);
    EXPECT_EQ(path().judged(true, early), verify_code::cert_not_yet_valid);
    early.unix_time = std::chrono::seconds(1'577'836'800);
    EXPECT_EQ(path().judged(true, early), verify_code::ok) << "the first second is valid";
    early.unix_time = std::chrono::seconds(2'493'072'000);
    EXPECT_EQ(path().judged(true, early), verify_code::ok) << "the last second is valid";
    early.unix_time += std::chrono::seconds(1);
    EXPECT_EQ(path().judged(true, early), verify_code::cert_has_expired);
}

TEST(verdict, an_issuer_that_is_no_ca_or_may_not_sign_is_refused) {
    path with;
    with.replace(1, {.subject = "middle", .issuer = "root"});
    EXPECT_EQ(with.judged(), verify_code::invalid_ca);

    with.replace(1, {.subject = "middle",
                     .issuer = "root",
                     .extensions = {basic_constraints(true), key_usage(0x80)}});
    EXPECT_EQ(with.judged(), verify_code::invalid_ca);
}

TEST(verdict, an_old_root_says_nothing_of_being_a_ca_and_is_one) {
    path with;
    with.replace(2, {.subject = "root", .issuer = "root", .version = 1});

    EXPECT_EQ(with.judged(), verify_code::ok);
}

TEST(verdict, a_path_longer_than_an_issuer_allows_is_refused) {
    path with;
    with.replace(2, {.subject = "root",
                     .issuer = "root",
                     .extensions = {basic_constraints(true, std::uint8_t{0})}});
    EXPECT_EQ(with.judged(), verify_code::path_length_exceeded);

    with.replace(2, {.subject = "root",
                     .issuer = "root",
                     .extensions = {basic_constraints(true, std::uint8_t{1})}});
    EXPECT_EQ(with.judged(), verify_code::ok);
}

TEST(verdict, a_certificate_for_another_purpose_is_refused) {
    path with;
    with.replace(0, {.subject = "leaf", .issuer = "middle", .extensions = {ext_key_usage({2})}});
    auto of_a_client = path::sensible();
    of_a_client.peer = role::client;

    EXPECT_EQ(with.judged(), verify_code::invalid_purpose);
    EXPECT_EQ(with.judged(true, of_a_client), verify_code::ok);
}

TEST(verdict, a_path_that_reaches_no_anchor_is_told_by_its_end) {
    path with;
    with.elements[2].anchor = false;
    EXPECT_EQ(with.judged(), verify_code::self_signed_cert_in_chain);

    with.elements.pop_back();
    EXPECT_EQ(with.judged(), verify_code::unable_to_get_issuer_cert_locally);

    with.elements.pop_back();
    EXPECT_EQ(with.judged(), verify_code::unable_to_verify_leaf_signature);

    with.replace(0, {.subject = "root", .issuer = "root"});
    EXPECT_EQ(with.judged(), verify_code::depth_zero_self_signed_cert);
}

TEST(verdict, an_anchor_that_is_no_root_needs_the_permission) {
    path with;
    with.elements.pop_back();
    with.elements.back().anchor = true;
    auto partial = path::sensible();
    partial.allow_partial_chain = true;

    EXPECT_EQ(with.judged(), verify_code::unable_to_get_issuer_cert);
    EXPECT_EQ(with.judged(true, partial), verify_code::ok);
}

TEST(verdict, a_certificate_that_cannot_be_read_is_refused) {
    path with;
    const der garbage{1, 2, 3};
    with.elements[1].der = garbage;

    EXPECT_NE(with.judged(), verify_code::ok);
}

}  // namespace
}  // namespace polytls
