#include "fake_backend.hpp"
#include "openssl_tool.hpp"

#include <polytls/certificate.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace polytls {
namespace {

using testkit::byte_string;

class chain : public testing::Test {
protected:
    /// Key identifiers, made up; 0 for none.
    struct key_ids {
        int own = 0;
        int issuers = 0;
    };

    /// Makes a certificate of SUBJECT by ISSUER; all keys are the same in truth.
    byte_string issue(const std::string& subject, const std::string& issuer, key_ids ids) const {
        tool.make_certificate("issuer", "[dn]\nCN=" + issuer + "\n[ext]\n");
        tool.run("x509 -inform DER -in issuer.der -out issuer.pem");
        tool.run("req -new -key key.pem -config issuer.cnf -subj /CN=" + subject + " -out csr");
        tool.write("extensions",
                   "basicConstraints=CA:TRUE\nsubjectKeyIdentifier=" + hex("0401", ids.own) +
                       "\nauthorityKeyIdentifier=" + hex("30038001", ids.issuers) + "\n");
        tool.run("x509 -req -in csr -CA issuer.pem -CAkey key.pem -set_serial " +
                 std::to_string(++serial_) + " -extfile extensions -outform DER -out issued.der");
        return tool.content("issued.der");
    }

    byte_string issue(const std::string& subject, const std::string& issuer) const {
        return issue(subject, issuer, {});
    }

    /// The common names along the links, "leaf > ca > root".
    std::string path(const std::vector<byte_string>& sent,
                     const std::vector<byte_string>& anchors = {}) const {
        const auto linked = link_chain(sent, anchors, with);
        std::string text;
        for (const certificate* step = linked ? &*linked : nullptr; step != nullptr;
             step = step->issuer_certificate.get()) {
            text += (text.empty() ? "" : " > ") + std::string(step->subject_field("CN"));
        }
        return text;
    }

    testkit::openssl_tool tool;

private:
    static std::string hex(const std::string& start, int id) {
        return id == 0 ? "none" : "DER:" + start + "0" + std::to_string(id);
    }

    mutable int serial_ = 0;
    testkit::fake_backend fake_;

protected:
    const backend with{fake_};
};

TEST_F(chain, is_linked_from_what_was_sent_and_the_anchors) {
    const auto leaf = issue("leaf", "ca");
    const auto ca = issue("ca", "root");
    const auto root = issue("root", "root");

    EXPECT_EQ(path({leaf}), "leaf");
    EXPECT_EQ(path({leaf, ca}), "leaf > ca");
    EXPECT_EQ(path({leaf, ca}, {root}), "leaf > ca > root");
    EXPECT_EQ(path({leaf}, {root, ca}), "leaf > ca > root");
    EXPECT_EQ(path({leaf, ca, root}), "leaf > ca > root");
}

TEST_F(chain, may_be_sent_in_any_order_after_its_leaf) {
    const auto leaf = issue("leaf", "a");
    std::vector<byte_string> others{issue("a", "b"), issue("b", "c"), issue("c", "root"),
                                    issue("root", "root"), issue("stranger", "root")};
    std::mt19937 random(20);

    for (int i = 0; i < 20; ++i) {
        std::shuffle(others.begin(), others.end(), random);
        std::vector<byte_string> sent{leaf};
        sent.insert(sent.end(), others.begin(), others.end());

        EXPECT_EQ(path(sent), "leaf > a > b > c > root");
    }
}

TEST_F(chain, ends_at_a_root) {
    const auto root = issue("root", "root");
    const auto other = issue("root", "root");

    EXPECT_EQ(path({root, other}, {other}), "root");
}

TEST_F(chain, follows_key_identifiers_where_both_have_them) {
    const auto leaf = issue("leaf", "ca", {.own = 0, .issuers = 2});
    const auto wrong = issue("ca", "wrong", {.own = 1, .issuers = 0});
    const auto right = issue("ca", "right", {.own = 2, .issuers = 0});
    const auto silent = issue("ca", "silent");

    EXPECT_EQ(link_chain(std::vector<byte_string>{leaf, wrong, right}, {}, with)
                  ->issuer_certificate->issuer.front()
                  .second,
              "right");
    EXPECT_EQ(path({leaf, wrong}), "leaf");
    EXPECT_EQ(path({leaf, silent}), "leaf > ca");
    EXPECT_EQ(path({leaf, wrong}, {right}), "leaf > ca");
}

TEST_F(chain, goes_on_behind_a_change_of_keys) {
    const auto leaf = issue("leaf", "ca", {.own = 0, .issuers = 2});
    const auto changed = issue("ca", "ca", {.own = 2, .issuers = 1});
    const auto root = issue("ca", "ca", {.own = 1, .issuers = 1});

    EXPECT_EQ(path({leaf, changed}, {root}), "leaf > ca > ca");
}

TEST_F(chain, never_goes_round_in_a_circle) {
    const auto leaf = issue("leaf", "a");
    const auto a_by_b = issue("a", "b");
    const auto b_by_a = issue("b", "a");

    EXPECT_EQ(path({leaf, a_by_b, b_by_a}), "leaf > a > b");
    EXPECT_EQ(path({a_by_b, b_by_a, a_by_b, b_by_a}, {a_by_b, b_by_a}), "a > b");
}

TEST_F(chain, finds_the_way_out_of_cross_certificates) {
    const auto leaf = issue("leaf", "a");
    const auto a_by_b = issue("a", "b");
    const auto b_by_a = issue("b", "a");
    const auto a_by_root = issue("a", "root");
    const auto root = issue("root", "root");

    EXPECT_EQ(path({leaf, a_by_b, b_by_a}, {a_by_root, root}), "leaf > a > b > a > root");
}

TEST_F(chain, passes_over_what_is_no_certificate) {
    const auto leaf = issue("leaf", "root");
    const auto root = issue("root", "root");

    EXPECT_EQ(path({leaf, {0x30, 0x00}, {}, root}, {{0x01}}), "leaf > root");
}

TEST_F(chain, without_a_leaf_is_refused) {
    const auto root = issue("root", "root");

    EXPECT_EQ(link_chain({}, {}, with).error().code, errc::bad_certificate);
    EXPECT_EQ(
        link_chain(std::vector<byte_string>{byte_string{0x30, 0x00}, root}, {}, with).error().code,
        errc::bad_certificate);
}

TEST_F(chain, is_cut_apart_as_it_was_joined) {
    const auto leaf = issue("leaf", "root");
    const auto root = issue("root", "root");
    byte_string joined = leaf;
    joined.insert(joined.end(), root.begin(), root.end());

    EXPECT_EQ(split_der(joined), (std::vector<byte_string>{leaf, root}));
    EXPECT_EQ(split_der(bytes(joined).first(joined.size() - 1)), (std::vector<byte_string>{leaf}));
    EXPECT_EQ(split_der({}), (std::vector<byte_string>{}));
}

}  // namespace
}  // namespace polytls
