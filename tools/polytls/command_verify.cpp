#include "commands.hpp"
#include "common_options.hpp"
#include "reporter.hpp"
#include "time_text.hpp"

#include <polytls/verify_chain.hpp>

#include <iostream>
#include <memory>
#include <unistd.h>

namespace polytls::tool {
namespace {

struct verify_flags {
    /// Of these --backend, --ca, --crl and --json.
    common_options common;
    std::string chain;
    std::string host;
    std::string purpose = "server";
    std::string at;
    bool partial_chain = false;
};

result<chain_settings> make_settings(const verify_flags& flags) {
    auto credentials = flags.common.credentials();
    if (!credentials) {
        return tl::make_unexpected(std::move(credentials.error()));
    }
    credentials->allow_partial_trust_chain = flags.partial_chain;
    auto context = create_secure_context(*credentials);
    if (!context) {
        return tl::make_unexpected(flags.common.in_terms_of_flags(std::move(context.error())));
    }
    auto chain = read_flag_file("CHAIN", flags.chain);
    if (!chain) {
        return tl::make_unexpected(std::move(chain.error()));
    }
    chain_settings settings{.context = *std::move(context),
                            .chain = *std::move(chain),
                            .peer = flags.purpose == "client" ? role::client : role::server,
                            .host = flags.host};
    if (!flags.at.empty()) {
        const auto time = parse_time(flags.at);
        if (!time) {
            return tl::make_unexpected(
                make_failure(errc::invalid_argument,
                             "--at: '" + flags.at +
                                 "' is neither seconds since 1970 nor a time as "
                                 "2026-01-31T12:00:00Z",
                             "--at"));
        }
        settings.unix_time = *time;
    }
    return settings;
}

/// A failure that names an option of `verify_chain`, as one that names the flag.
failure in_terms_of_flags(failure why, const verify_flags& flags) {
    if (why.input == "chain") {
        why.message.insert(0, flags.chain + ": ");
        why.input = flags.chain;
    } else if (why.input == "host") {
        why.message = "--host cannot be combined with --purpose client";
        why.input = "--host";
    }
    return why;
}

int run(const verify_flags& flags) {
    reporter report(std::cout, flags.common.json, wants_colour(STDOUT_FILENO));
    reporter complaints(flags.common.json ? std::cout : std::cerr, flags.common.json,
                        wants_colour(STDERR_FILENO));
    const auto settings = make_settings(flags);
    if (!settings) {
        complaints.failed("error", 0, settings.error());
        return usage;
    }
    const auto verified = verify_chain(*settings);
    if (!verified && verified.error().code != condition::not_authorized) {
        complaints.failed("error", 0, in_terms_of_flags(verified.error(), flags));
        return usage;
    }
    const failure why = verified ? failure{} : verified.error();
    report.event("verify", 0,
                 {{"verified", verified.has_value()},
                  {"code", verified ? std::string(name_of(verify_code::ok)) : why.name()},
                  {"message", verified ? std::string(message_of(verify_code::ok)) : why.message},
                  {"backend", settings->context.backend().name()}});
    return verified ? clean : tls_failure;
}

}  // namespace

void add_verify(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("verify", "judge a chain as a client would, or a server");
    auto flags = std::make_shared<verify_flags>();
    command->add_option("chain", flags->chain, "certificates, PEM with the leaf first, or DER")
        ->required();
    flags->common.add_trust_to(*command);
    command->add_option("--host", flags->host, "name or IP address the certificate is to be for");
    command->add_option("--purpose", flags->purpose, "whose chain it is: server (default), client")
        ->check(CLI::IsMember({"server", "client"}));
    command->add_flag("--partial-chain", flags->partial_chain,
                      "any certificate of --ca ends a path, not only a self-issued root");
    command->add_option("--at", flags->at,
                        "time to judge dates by instead of now: seconds since 1970, or as "
                        "2026-01-31T12:00:00Z");
    command->callback([flags, &status] { status = run(*flags); });
}

}  // namespace polytls::tool
