#include "captured_hellos.hpp"
#include "hello_builder.hpp"

#include <polytls/core/client_hello.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace polytls {
namespace {

using namespace testkit;

constexpr bytes captured[] = {tls1_2_record, tls1_3_record, tls1_2_ticket_record,
                              tls1_3_psk_record};

/// A hello and the message its views point into.
struct parsed_hello {
    explicit parsed_hello(octets from) : message(std::move(from)) {
        error = parse_client_hello(message, hello);
    }

    octets message;
    client_hello hello;
    status error;
};

errc outcome_of(const hello_parts& parts) {
    return parsed_hello(make_hello(parts)).error.code;
}

errc outcome_of_extensions(const octets& extensions) {
    return outcome_of({.extensions = extensions});
}

/// Parses a copy that ends exactly where the message does, so that AddressSanitizer sees a byte
/// read too far, and checks that no view leaves it.
errc parse_exactly(const octets& message) {
    const auto copy = std::make_unique<std::uint8_t[]>(message.size());
    std::copy(message.begin(), message.end(), copy.get());
    const bytes whole(copy.get(), message.size());
    client_hello hello;

    const errc code = parse_client_hello(whole, hello).code;

    if (code == errc::ok) {
        for (const bytes view :
             {hello.session_id, hello.cipher_suites, as_bytes(hello.server_name),
              hello.protocols.wire(), hello.supported_versions, hello.supported_groups,
              hello.signature_algorithms, hello.session_ticket, hello.pre_shared_keys}) {
            EXPECT_TRUE(view.empty() || (view.data() >= whole.data() &&
                                         view.data() + view.size() <= whole.data() + whole.size()));
        }
    }
    return code;
}

const octets supports_tls1_3 = extension(43, {2, 0x03, 0x04});

TEST(client_hello, of_a_tls1_2_client_is_read) {
    const parsed_hello read(message_in(tls1_2_record));

    ASSERT_EQ(read.error.code, errc::ok);
    EXPECT_EQ(read.hello.legacy_version, 0x0303);
    EXPECT_EQ(read.hello.session_id.size(), 0U);
    EXPECT_EQ(read.hello.cipher_suites.size(), 56U);
    EXPECT_TRUE(read.hello.offers(cipher_suite_id{0xc02c}));
    EXPECT_FALSE(read.hello.offers(cipher_suite_id{0x1301}));
    EXPECT_EQ(read.hello.server_name, "example.org");
    EXPECT_EQ(as_text(read.hello.protocols.wire()), "\x02h2\x08http/1.1");
    EXPECT_TRUE(read.hello.supported_versions.empty());
    EXPECT_EQ(read.hello.supported_groups.size(), 10U);
    EXPECT_EQ(read.hello.signature_algorithms.size(), 40U);
    EXPECT_TRUE(read.hello.wants_session_ticket);
    EXPECT_TRUE(read.hello.session_ticket.empty());
    EXPECT_TRUE(read.hello.wants_ocsp);
}

TEST(client_hello, of_a_tls1_3_client_is_read) {
    const parsed_hello read(message_in(tls1_3_record));

    ASSERT_EQ(read.error.code, errc::ok);
    EXPECT_EQ(read.hello.legacy_version, 0x0303);
    EXPECT_EQ(read.hello.session_id.size(), 32U);
    EXPECT_TRUE(read.hello.offers(cipher_suite_id{0x1302}));
    EXPECT_EQ(read.hello.server_name, "example.org");
    EXPECT_EQ(read.hello.supported_versions.size(), 8U);
    EXPECT_EQ(read.hello.supported_groups.size(), 4U);
    EXPECT_FALSE(read.hello.wants_ocsp);
    EXPECT_TRUE(read.hello.pre_shared_keys.empty());
}

TEST(client_hello, of_a_returning_client_shows_its_ticket) {
    const parsed_hello below_1_3(message_in(tls1_2_ticket_record));
    const parsed_hello with_1_3(message_in(tls1_3_psk_record));

    ASSERT_EQ(below_1_3.error.code, errc::ok);
    EXPECT_EQ(below_1_3.hello.session_ticket.size(), 176U);
    EXPECT_EQ(below_1_3.hello.server_name, "");
    ASSERT_EQ(with_1_3.error.code, errc::ok);
    EXPECT_EQ(with_1_3.hello.pre_shared_keys.size(), 214U);
    EXPECT_FALSE(with_1_3.hello.offers(protocol_version::tls1_2));
}

TEST(client_hello, without_extensions_is_read) {
    octets message = make_hello({});
    message.pop_back();
    message.pop_back();
    message[3] = static_cast<std::uint8_t>(message[3] - 2);

    const parsed_hello read(message);

    EXPECT_EQ(read.error.code, errc::ok);
    EXPECT_EQ(outcome_of({}), errc::ok);
}

TEST(client_hello, cut_short_is_never_accepted) {
    for (const bytes record : captured) {
        const octets message = message_in(record);
        for (std::size_t size = 0; size < message.size(); ++size) {
            SCOPED_TRACE("cut to " + std::to_string(size));

            EXPECT_EQ(parse_exactly(octets(message.data(), message.data() + size)),
                      errc::decode_error);
        }
    }
}

TEST(client_hello, cut_short_with_its_length_put_right_is_accepted_only_without_extensions) {
    for (const bytes record : captured) {
        const octets message = message_in(record);
        const parsed_hello read(message);
        const std::size_t without_extensions =
            4 + 2 + 32 + 1 + read.hello.session_id.size() + 2 + read.hello.cipher_suites.size() + 2;
        for (std::size_t size = 4; size < message.size(); ++size) {
            SCOPED_TRACE("cut to " + std::to_string(size));
            const octets body(message.data() + 4, message.data() + size);

            const errc code = parse_exactly(octets{1} + vector_of(3, body));

            EXPECT_EQ(code, size == without_extensions ? errc::ok : errc::decode_error);
        }
    }
}

TEST(client_hello, with_any_byte_changed_is_refused_or_stays_within_the_message) {
    for (const bytes record : captured) {
        octets message = message_in(record);
        for (std::size_t at = 0; at < message.size(); ++at) {
            for (const unsigned change : {1U, 2U, 4U, 8U, 16U, 32U, 64U, 128U, 255U}) {
                message[at] = static_cast<std::uint8_t>(message[at] ^ change);
                const errc code = parse_exactly(message);
                message[at] = static_cast<std::uint8_t>(message[at] ^ change);

                ASSERT_TRUE(code == errc::ok || code == errc::decode_error ||
                            code == errc::illegal_parameter || code == errc::unexpected_message)
                    << name_of(code) << " at " << at << " changed by " << change;
            }
        }
    }
}

TEST(client_hello, of_another_message_type_is_unexpected) {
    octets message = make_hello({});
    message[0] = 2;

    EXPECT_EQ(parse_exactly(message), errc::unexpected_message);
}

TEST(client_hello, with_bytes_left_over_is_not_decoded) {
    octets behind_message = make_hello({});
    behind_message.push_back(0);
    octets behind_extensions = behind_message;
    ++behind_extensions[3];

    EXPECT_EQ(parse_exactly(behind_message), errc::decode_error);
    EXPECT_EQ(parse_exactly(behind_extensions), errc::decode_error);
}

TEST(client_hello, with_a_vector_out_of_its_bounds_is_not_decoded) {
    EXPECT_EQ(outcome_of({.session_id = octets(32)}), errc::ok);
    EXPECT_EQ(outcome_of({.session_id = octets(33)}), errc::decode_error);
    EXPECT_EQ(outcome_of({.cipher_suites = {}}), errc::decode_error);
    EXPECT_EQ(outcome_of({.cipher_suites = {0x13}}), errc::decode_error);
    EXPECT_EQ(outcome_of({.compression_methods = {}}), errc::decode_error);
}

TEST(client_hello, with_an_extension_twice_is_not_decoded) {
    for (const std::size_t type : {0x0000U, 0x0017U, 0x0fffU, 0x1000U, 0x2a2aU, 0xffffU}) {
        SCOPED_TRACE(type);
        const octets once = extension(type == 0 ? 0x0016U : type, {});

        EXPECT_EQ(outcome_of_extensions(once + extension(0xff01, {0})), errc::ok);
        EXPECT_EQ(outcome_of_extensions(once + extension(0xff01, {0}) + once), errc::decode_error);
    }
}

TEST(client_hello, with_every_extension_there_is_room_for_is_read) {
    octets many;
    for (std::size_t type = 1000; type < 17000; ++type) {
        const octets next = extension(type, {});
        many.insert(many.end(), next.begin(), next.end());
    }

    EXPECT_EQ(outcome_of_extensions(many), errc::ok);
    EXPECT_EQ(outcome_of_extensions(many + extension(1000, {})), errc::decode_error);
}

TEST(client_hello, must_offer_null_compression) {
    EXPECT_EQ(outcome_of({.compression_methods = {1}}), errc::illegal_parameter);
    EXPECT_EQ(outcome_of({.compression_methods = {1, 0}}), errc::ok);
}

TEST(client_hello, of_tls1_3_must_offer_no_other_compression) {
    EXPECT_EQ(outcome_of({.compression_methods = {1, 0}, .extensions = supports_tls1_3}),
              errc::illegal_parameter);
}

TEST(client_hello, with_a_malformed_server_name_is_refused) {
    const octets name = octets{0} + vector_of(2, {'a', '.', 'b'});

    EXPECT_EQ(outcome_of_extensions(extension(0, vector_of(2, name))), errc::ok);
    EXPECT_EQ(outcome_of_extensions(extension(0, {})), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(0, vector_of(2, {}))), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(0, vector_of(2, {0, 0, 0}))), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(0, vector_of(2, name + octets{0}))),
              errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(0, vector_of(2, name) + octets{0})),
              errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(0, vector_of(2, name + name))),
              errc::illegal_parameter);
}

TEST(client_hello, with_a_server_name_no_host_can_have_is_refused) {
    const auto outcome = [](const octets& name) {
        return outcome_of_extensions(extension(0, vector_of(2, octets{0} + vector_of(2, name))));
    };

    EXPECT_EQ(outcome(octets(255, 'a')), errc::ok);
    EXPECT_EQ(outcome(octets(256, 'a')), errc::illegal_parameter);
    EXPECT_EQ(outcome({'a', 0, 'b'}), errc::illegal_parameter);
}

TEST(client_hello, with_a_malformed_protocol_list_is_not_decoded) {
    EXPECT_EQ(outcome_of_extensions(extension(16, vector_of(2, {2, 'h', '2'}))), errc::ok);
    EXPECT_EQ(outcome_of_extensions(extension(16, {})), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(16, vector_of(2, {}))), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(16, vector_of(2, {0}))), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(16, vector_of(2, {3, 'h', '2'}))),
              errc::decode_error);
}

TEST(client_hello, with_a_list_of_half_a_number_is_not_decoded) {
    EXPECT_EQ(outcome_of_extensions(extension(43, {1, 3})), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(43, {0})), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(10, {0, 0})), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(10, {0, 3, 0, 29, 0})), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(13, {0, 2, 4, 3, 4})), errc::decode_error);
}

TEST(client_hello, with_a_malformed_status_request_is_not_decoded) {
    EXPECT_EQ(outcome_of_extensions(extension(5, {1, 0, 0, 0, 0})), errc::ok);
    EXPECT_EQ(outcome_of_extensions(extension(5, {1})), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(5, {1, 0, 0, 0, 0, 0})), errc::decode_error);
    EXPECT_EQ(outcome_of_extensions(extension(5, {})), errc::decode_error);
}

TEST(client_hello, wants_ocsp_only_by_the_type_that_means_it) {
    const parsed_hello another(make_hello({.extensions = extension(5, {2, 9, 9})}));

    EXPECT_EQ(another.error.code, errc::ok);
    EXPECT_FALSE(another.hello.wants_ocsp);
}

TEST(client_hello, with_a_pre_shared_key_that_is_not_last_is_illegal) {
    const octets identity = vector_of(2, {'k'}) + octets(4);
    const octets binder = vector_of(1, octets(32));
    const octets key = extension(41, vector_of(2, identity) + vector_of(2, binder));

    EXPECT_EQ(outcome_of_extensions(supports_tls1_3 + key), errc::ok);
    EXPECT_EQ(outcome_of_extensions(key + supports_tls1_3), errc::illegal_parameter);
}

TEST(client_hello, with_malformed_pre_shared_keys_is_not_decoded) {
    const octets identity = vector_of(2, {'k'}) + octets(4);
    const octets binder = vector_of(1, octets(32));
    const auto outcome = [](const octets& identities, const octets& binders) {
        return outcome_of_extensions(
            extension(41, vector_of(2, identities) + vector_of(2, binders)));
    };

    EXPECT_EQ(outcome(identity, binder), errc::ok);
    EXPECT_EQ(outcome({}, binder), errc::decode_error);
    EXPECT_EQ(outcome(identity, {}), errc::decode_error);
    EXPECT_EQ(outcome(vector_of(2, {'k'}) + octets(3), binder), errc::decode_error);
    EXPECT_EQ(outcome(vector_of(2, {}) + octets(4), binder), errc::decode_error);
    EXPECT_EQ(outcome(identity, vector_of(1, octets(31))), errc::decode_error);
}

TEST(client_hello, below_tls1_3_means_every_version_up_to_its_own) {
    const parsed_hello read(make_hello({.version = 0x0302}));

    EXPECT_TRUE(read.hello.offers(protocol_version::tls1_0));
    EXPECT_TRUE(read.hello.offers(protocol_version::tls1_1));
    EXPECT_FALSE(read.hello.offers(protocol_version::tls1_2));
    EXPECT_EQ(read.hello.best_version({protocol_version::tls1_0, protocol_version::tls1_3}),
              protocol_version::tls1_1);
    EXPECT_EQ(read.hello.best_version({}), std::nullopt);
}

TEST(client_hello, cannot_offer_tls1_3_by_its_legacy_version) {
    const parsed_hello read(make_hello({.version = 0x0304}));

    EXPECT_FALSE(read.hello.offers(protocol_version::tls1_3));
    EXPECT_EQ(read.hello.best_version({}), protocol_version::tls1_2);
}

TEST(client_hello, with_supported_versions_offers_these_alone) {
    const octets grease_1_3_and_1_1 = extension(43, {6, 0x7a, 0x7a, 0x03, 0x02, 0x03, 0x04});
    const parsed_hello read(make_hello({.extensions = grease_1_3_and_1_1}));

    EXPECT_FALSE(read.hello.offers(protocol_version::tls1_2));
    EXPECT_EQ(read.hello.best_version({}), protocol_version::tls1_3);
    EXPECT_EQ(read.hello.best_version({protocol_version::tls1_0, protocol_version::tls1_2}),
              protocol_version::tls1_1);
    EXPECT_EQ(read.hello.best_version({protocol_version::tls1_2, protocol_version::tls1_2}),
              std::nullopt);
}

TEST(client_hello, of_nothing_but_grease_versions_has_no_best) {
    const parsed_hello read(make_hello({.extensions = extension(43, {2, 0xfa, 0xfa})}));

    EXPECT_EQ(read.error.code, errc::ok);
    EXPECT_EQ(read.hello.best_version({protocol_version::tls1_0, protocol_version::tls1_3}),
              std::nullopt);
}

TEST(client_hello, finds_suites_on_even_places_only) {
    const parsed_hello read(make_hello({.cipher_suites = {0xc0, 0x13, 0x01, 0x2f}}));

    EXPECT_TRUE(read.hello.offers(cipher_suite_id{0xc013}));
    EXPECT_FALSE(read.hello.offers(cipher_suite_id{0x1301}));
}

TEST(client_hello, read_into_a_used_object_keeps_nothing_of_the_former) {
    parsed_hello read(message_in(tls1_2_record));
    const octets other = make_hello({});

    const status error = parse_client_hello(other, read.hello);

    EXPECT_EQ(error.code, errc::ok);
    EXPECT_EQ(read.hello.server_name, "");
    EXPECT_TRUE(read.hello.protocols.empty());
    EXPECT_FALSE(read.hello.wants_ocsp);
}

}  // namespace
}  // namespace polytls
