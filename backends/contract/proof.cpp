#include "proof.hpp"

#include <gtest/gtest.h>

namespace polytls::contract {

bool shakes_hands(link& over, const context_recipe& client, const context_recipe& server) {
    spi::handle<spi::context> client_context;
    spi::handle<spi::context> server_context;
    const outcome of_client = outcome_of(client.make(client_context));
    const outcome of_server = outcome_of(server.make(server_context));
    EXPECT_EQ(of_client, fine);
    EXPECT_EQ(of_server, fine);
    if (!client_context || !server_context) {
        return false;
    }
    for (const auto& [one, context] :
         {std::pair{&over.client, client_context.get()}, {&over.server, server_context.get()}}) {
        scripted_events events(one->config.side);
        spi::handle<spi::engine> engine;
        const status refused = context->make_engine(one->config, events, engine);
        EXPECT_EQ(refused.code, errc::ok);
        if (refused) {
            return false;
        }
    }
    over.run(*client_context, *server_context);
    EXPECT_EQ(over.client.error.code, errc::ok);
    EXPECT_EQ(over.server.error.code, errc::ok);
    EXPECT_TRUE(over.both_complete());
    return over.both_complete();
}

bool shakes_hands(link& over, protocol_version version) {
    return shakes_hands(over, trusting(only(version)), showing(leaf(), only(version)));
}

void expect_denied(const context_recipe& recipe, spi::config_input input, std::size_t index) {
    EXPECT_EQ(make(recipe), (outcome{errc::unsupported_by_backend, input, index}));
}

void expect_denied(const spi::engine_config& config) {
    const auto context = showing(leaf()).made();
    scripted_events events(config.side);
    spi::handle<spi::engine> engine;

    EXPECT_EQ(context->make_engine(config, events, engine).code, errc::unsupported_by_backend);
    EXPECT_FALSE(engine);
}

}  // namespace polytls::contract
