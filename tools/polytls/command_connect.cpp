#include "commands.hpp"
#include "common_options.hpp"
#include "details.hpp"
#include "standard_input.hpp"

#include <polytls/pem.hpp>
#include <polytls/transport/connect.hpp>

#include <asio/io_context.hpp>

#include <fstream>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace polytls::tool {
namespace {

struct connect_flags {
    common_options common;
    std::string place;
    std::optional<std::string> servername;
    bool reject_unauthorized = true;
    bool insecure = false;
    bool show = false;
    std::optional<std::string> send;
    bool end = false;
    bool destroy = false;
    std::string session_in;
    std::string session_out;
};

bool is_network(const failure& why) {
    return why.code.category() != error_category() || why.name() == "ECONNRESET";
}

/// One run of `polytls connect`.
class connect_command {
public:
    explicit connect_command(const connect_flags& flags)
        : flags_(flags),
          // Without --json, standard output is the peer's alone.
          report_(flags.common.json ? std::cout : std::cerr,
                  flags.common.json,
                  wants_colour(flags.common.json ? STDOUT_FILENO : STDERR_FILENO)) {}

    int run() {
        auto options = make_options();
        if (!options) {
            report_.failed("error", 0, options.error());
            return usage;
        }
        auto made = connect(context_, *std::move(options));
        if (!made) {
            report_.failed("error", 0, flags_.common.in_terms_of_flags(made.error()));
            return usage;
        }
        socket_ = *made;
        flags_.common.apply_to(socket_);
        listen();
        context_.run();
        return status_;
    }

private:
    result<connect_options> make_options() {
        auto place = flags_.common.path.empty() ? parse_place(flags_.place) : network_place{};
        if (!place) {
            return tl::make_unexpected(std::move(place.error()));
        }
        auto credentials = flags_.common.credentials();
        if (!credentials) {
            return tl::make_unexpected(std::move(credentials.error()));
        }
        connect_options options{.port = place->port, .path = flags_.common.path};
        if (!place->host.empty()) {
            options.host = place->host;
        }
        options.credentials = *std::move(credentials);
        options.servername = flags_.servername;
        options.reject_unauthorized = flags_.reject_unauthorized && !flags_.insecure;
        options.alpn_protocols = flags_.common.alpn;
        options.allow_half_open = flags_.common.allow_half_open;
        options.handshake_timeout = flags_.common.handshake_time();
        if (!flags_.session_in.empty()) {
            auto session = read_flag_file("--session-in", flags_.session_in);
            if (!session) {
                return tl::make_unexpected(std::move(session.error()));
            }
            options.session.assign(session->begin(), session->end());
        }
        return options;
    }

    void listen() {
        socket_.on_secure_connect([this] { secured(); });
        socket_.on_data([this](bytes data) { received(data); });
        socket_.on_end([this] { report_.event("end", 1); });
        socket_.on_session([this](const auto& session) { keep(session); });
        socket_.on_error([this](const failure& why) {
            report_.failed("error", 1, why);
            status_ = is_network(why) ? network_failure : tls_failure;
        });
        socket_.on_close([this](bool had_error) {
            report_.event("close", 1, {{"hadError", had_error}});
            if (input_) {
                input_->stop();
            }
        });
    }

    void secured() {
        report_.event("secureConnect", 1, flags_.show ? every_getter(socket_) : agreed(socket_));
        if (flags_.send) {
            socket_.write(*flags_.send);
        }
        if (flags_.destroy) {
            socket_.destroy();
        } else if (flags_.end) {
            socket_.end();
        } else if (!flags_.send) {
            input_ = std::make_shared<standard_input>(context_, socket_);
            input_->start();
        }
    }

    void received(bytes data) {
        if (flags_.common.json) {
            report_.event("data", 1, {{"length", data.size()}});
        } else {
            std::cout.write(as_text(data).data(), static_cast<std::streamsize>(data.size()))
                .flush();
        }
    }

    void keep(const std::vector<std::uint8_t>& session) {
        report_.event("session", 1, {{"length", session.size()}});
        if (flags_.session_out.empty()) {
            return;
        }
        std::ofstream out(flags_.session_out, std::ios::binary | std::ios::trunc);
        out.write(as_text(session).data(), static_cast<std::streamsize>(session.size()));
        if (!out.flush()) {
            socket_.destroy(make_failure(errc::file_unreadable,
                                         "--session-out: cannot write " + flags_.session_out,
                                         flags_.session_out));
        }
    }

    const connect_flags& flags_;
    reporter report_;
    asio::io_context context_;
    tls_socket socket_;
    std::shared_ptr<standard_input> input_;
    int status_ = clean;
};

}  // namespace

void add_connect(CLI::App& app, int& status) {
    auto* command = app.add_subcommand(
        "connect", "a client: standard input to the peer, the peer to standard output");
    auto flags = std::make_shared<connect_flags>();
    command->add_option("place", flags->place, "[HOST:]PORT");
    flags->common.add_to(*command);
    command->add_option("--servername", flags->servername, "name to send; empty sends none");
    add_switch(*command, "--reject-unauthorized", flags->reject_unauthorized,
               "refuse an unverified server (default)");
    command->add_flag("--insecure", flags->insecure, "--reject-unauthorized=0");
    command->add_flag("--show", flags->show, "every getter, once the handshake is done");
    command->add_option("--send", flags->send, "text to send instead of standard input");
    auto* end = command->add_flag("--end", flags->end, "end after the handshake and --send");
    command->add_flag("--destroy", flags->destroy, "destroy instead of ending")->excludes(end);
    command->add_option("--session-in", flags->session_in, "session to resume");
    command->add_option("--session-out", flags->session_out, "where to keep the latest session");
    command->callback([flags, &status] { status = connect_command(*flags).run(); });
}

}  // namespace polytls::tool
