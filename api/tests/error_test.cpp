#include <polytls/error.hpp>
#include <polytls/result.hpp>

#include <gtest/gtest.h>

namespace polytls {
namespace {

class asio_like_category final : public std::error_category {
public:
    explicit asio_like_category(const char* name) : name_(name) {}

    const char* name() const noexcept override { return name_; }

    std::string message(int) const override { return "a message"; }

private:
    const char* name_;
};

TEST(error, categories_have_their_documented_names) {
    EXPECT_STREQ(error_category().name(), "polytls");
    EXPECT_STREQ(condition_category().name(), "polytls.condition");
}

TEST(error, codes_equal_the_condition_they_belong_to_and_no_other) {
    const std::error_code code = errc::handshake_timed_out;

    EXPECT_TRUE(code == condition::timeout);
    EXPECT_FALSE(code == condition::closed);
    EXPECT_TRUE(code == errc::handshake_timed_out);
    EXPECT_EQ(code.message(), message_of(errc::handshake_timed_out));
}

TEST(error, every_code_has_the_condition_of_the_core_ring) {
    for (int i = 0; i <= static_cast<int>(errc::internal); ++i) {
        const auto code = static_cast<errc>(i);

        EXPECT_EQ(make_error_code(code).default_error_condition(),
                  make_error_condition(condition_of(code)))
            << name_of(code);
    }
}

TEST(error, every_condition_has_a_message_of_its_own) {
    for (int i = 0; i <= static_cast<int>(condition::no_resources); ++i) {
        EXPECT_NE(condition_category().message(i), condition_category().message(-1)) << i;
    }
}

TEST(error, time_outs_and_shortages_of_the_system_equal_the_conditions) {
    EXPECT_TRUE(std::error_code(ETIMEDOUT, std::system_category()) == condition::timeout);
    EXPECT_TRUE(std::error_code(EMFILE, std::system_category()) == condition::no_resources);
    EXPECT_FALSE(std::error_code(ECONNREFUSED, std::system_category()) == condition::timeout);
}

TEST(failure, name_is_the_verify_code_where_a_chain_was_refused) {
    failure refused = make_failure(errc::not_authorized);
    refused.verification = verify_code::cert_has_expired;

    EXPECT_EQ(refused.name(), "CERT_HAS_EXPIRED");
}

TEST(failure, name_is_econnreset_for_a_hang_up_in_the_handshake) {
    EXPECT_EQ(make_failure(errc::disconnected_before_secure).name(), "ECONNRESET");
    EXPECT_EQ(make_failure(errc::socket_hang_up).name(), "ECONNRESET");
}

TEST(failure, name_is_the_code_in_capitals_otherwise) {
    EXPECT_EQ(make_failure(errc::altname_invalid).name(), "ALTNAME_INVALID");
    EXPECT_EQ(make_failure(errc::no_shared_cipher).name(), "NO_SHARED_CIPHER");
    EXPECT_EQ(make_failure(errc::not_authorized).name(), "NOT_AUTHORIZED");
    EXPECT_EQ(make_failure(errc::truncated).name(), "TRUNCATED");
}

TEST(failure, name_of_a_system_error_is_its_symbol) {
    const auto name_of_system = [](int number) {
        return make_failure(std::error_code(number, std::system_category()), "m").name();
    };

    EXPECT_EQ(name_of_system(ECONNREFUSED), "ECONNREFUSED");
    EXPECT_EQ(name_of_system(EADDRINUSE), "EADDRINUSE");
    EXPECT_EQ(name_of_system(ECANCELED), "ECANCELED");
    EXPECT_EQ(name_of_system(4095), "system:4095");
    EXPECT_EQ(make_failure(std::make_error_code(std::errc::broken_pipe), "m").name(), "EPIPE");
}

TEST(failure, name_of_an_error_of_asio_is_the_manuals) {
    const asio_like_category netdb("asio.netdb");
    const asio_like_category misc("asio.misc");

    EXPECT_EQ(make_failure(std::error_code(1, netdb), "m").name(), "ENOTFOUND");
    EXPECT_EQ(make_failure(std::error_code(2, netdb), "m").name(), "EAI_AGAIN");
    EXPECT_EQ(make_failure(std::error_code(2, misc), "m").name(), "EOF");
}

TEST(failure, without_an_error_has_no_name) {
    EXPECT_EQ(failure{}.name(), "");
}

TEST(failure, of_a_code_alone_says_the_codes_sentence) {
    const failure made = make_failure(errc::key_mismatch);

    EXPECT_TRUE(made.code == errc::key_mismatch);
    EXPECT_EQ(made.message, message_of(errc::key_mismatch));
    EXPECT_EQ(made.input, "");
}

TEST(value_of, throws_an_error_that_says_the_message_and_carries_the_failure) {
    const result<int> none = tl::make_unexpected(make_failure(errc::bad_pem, "what", "ca[0]"));

    try {
        value_of(none);
        FAIL();
    } catch (const error& thrown) {
        EXPECT_STREQ(thrown.what(), "what");
        EXPECT_TRUE(thrown.code() == errc::bad_pem);
        EXPECT_EQ(thrown.failure().input, "ca[0]");
    }
    EXPECT_EQ(value_of(result<int>(7)), 7);
}

}  // namespace
}  // namespace polytls
