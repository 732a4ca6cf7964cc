#include "link.hpp"

#include <gtest/gtest.h>

namespace polytls::contract {
namespace {

protocol_list list_of(std::string_view wire) {
    return protocol_list(as_bytes(wire));
}

/// NPN: the server says what it speaks, and the client chooses.
class next_protocol : public over_versions {
protected:
    void run(std::string_view client, std::string_view server) {
        context_recipe recipe = showing(leaf(), range());
        recipe.next_protocols = true;
        const auto context = recipe.made();
        link_.client.config.next_protocols = list_of(client);
        link_.server.config.next_protocols = list_of(server);
        link_.run(*context, *context);
        ASSERT_TRUE(link_.both_complete());
    }

    std::string_view chosen(const end& at) const { return as_text(at.engine->next_protocol()); }

    link link_;
};

POLYTLS_RUN_OVER(next_protocol, tls1_2_with(feature::npn));

TEST_P(next_protocol, is_the_servers_first_that_the_client_speaks) {
    run("\x08http/1.1\x06spdy/3", "\x06spdy/3\x08http/1.1");

    EXPECT_EQ(chosen(link_.client), "spdy/3");
    EXPECT_EQ(chosen(link_.server), "spdy/3");
}

TEST_P(next_protocol, is_the_clients_first_where_there_is_none_in_common) {
    run("\x02h2\x08http/1.1", "\x06spdy/3");

    EXPECT_EQ(chosen(link_.client), "h2");
    EXPECT_EQ(chosen(link_.server), "h2");
}

TEST_P(next_protocol, is_left_out_where_the_server_advertises_none) {
    run("\x02h2", "");

    EXPECT_EQ(chosen(link_.client), "");
    EXPECT_EQ(chosen(link_.server), "");
}

TEST_P(next_protocol, is_not_spoken_where_the_context_does_not_speak_npn) {
    const auto context = showing(leaf(), range()).made();

    link_.run(*context, *context);

    ASSERT_TRUE(link_.both_complete());
    EXPECT_EQ(chosen(link_.client), "");
    EXPECT_EQ(chosen(link_.server), "");
}

TEST_P(next_protocol, gives_way_to_alpn) {
    link_.client.config.protocols = list_of("\x02h2");
    link_.server.config.protocols = list_of("\x02h2");

    run("\x06spdy/3", "\x06spdy/3");

    EXPECT_EQ(as_text(link_.client.engine->application_protocol()), "h2");
    EXPECT_EQ(chosen(link_.client), "");
    EXPECT_EQ(chosen(link_.server), "");
}

}  // namespace
}  // namespace polytls::contract
