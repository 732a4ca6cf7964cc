#include "proof.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>

/// The capability report, asked both ways: what it claims works, and what it denies is refused.
namespace polytls::contract {
namespace {

std::vector<proof> every_proof() {
    std::vector<proof> all;
    for (const auto some : {protocol_proofs(), session_proofs(), identity_proofs(),
                            verification_proofs(), key_proofs()}) {
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

const proof* proof_of(feature wanted) {
    static const std::vector<proof> all = every_proof();
    const auto found = std::ranges::find(all, wanted, &proof::of);
    return found == all.end() ? nullptr : &*found;
}

/// How many expectations of a proof fail.
int failures_of(void (*expectations)()) {
    testing::TestPartResultArray results;
    {
        const testing::ScopedFakeTestPartResultReporter reporter(
            testing::ScopedFakeTestPartResultReporter::INTERCEPT_ALL_THREADS, &results);
        expectations();
    }
    int failures = 0;
    for (int i = 0; i < results.size(); ++i) {
        failures += results.GetTestPartResult(i).failed() ? 1 : 0;
    }
    return failures;
}

class reported : public testing::TestWithParam<feature> {};

INSTANTIATE_TEST_SUITE_P(feature,
                         reported,
                         testing::ValuesIn(every_feature().begin(), every_feature().end()),
                         [](const auto& of) { return std::string(name_of(of.param)); });

TEST_P(reported, is_what_is_so) {
    const proof* of = proof_of(GetParam());
    ASSERT_NE(of, nullptr) << "no proof is bound to " << name_of(GetParam());

    switch (level_of(GetParam())) {
    case support::yes:
        of->works();
        break;
    case support::limited:
        (of->limits == nullptr ? of->works : of->limits)();
        break;
    case support::no:
        RecordProperty("refused",
                       std::string(capability_of(the_backend().capabilities(), GetParam()).reason));
        of->refuses();
        break;
    }
}

TEST_P(reported, could_not_be_reported_the_other_way) {
    const proof* of = proof_of(GetParam());
    ASSERT_NE(of, nullptr) << "no proof is bound to " << name_of(GetParam());

    const support level = level_of(GetParam());
    // Where refusing is no more than working in part, what is limited must not work in whole.
    const bool less =
        level == support::no || (level == support::limited && of->limits == of->refuses);

    EXPECT_GT(failures_of(less ? of->works : of->refuses), 0)
        << "whatever the report says, this proof holds";
}

TEST(proofs, are_bound_to_one_feature_each) {
    std::vector<feature> bound;
    for (const proof& one : every_proof()) {
        bound.push_back(one.of);
    }

    EXPECT_THAT(bound, testing::UnorderedElementsAreArray(every_feature()));
}

}  // namespace
}  // namespace polytls::contract
