#include "commands.hpp"
#include "common_options.hpp"
#include "details.hpp"
#include "key_log_file.hpp"
#include "private_file.hpp"
#include "psk_flags.hpp"
#include "standard_input.hpp"
#include "via_tls.hpp"

#include <polytls/pem.hpp>
#include <polytls/transport/connect.hpp>

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <iostream>
#include <memory>
#include <unistd.h>
#include <utility>
#include <vector>

namespace polytls::tool {
namespace {

struct connect_flags {
    common_options common;
    std::string place;
    std::optional<std::string> servername;
    bool reject_unauthorized = true;
    bool insecure = false;
    bool show = false;
    std::vector<std::string> send;
    bool cork = false;
    bool end = false;
    bool destroy = false;
    std::string session_in;
    std::string session_out;
    bool request_ocsp = false;
    psk_flags psk;
    unsigned reconnect = 0;
    unsigned renegotiate = 0;
    std::string via_tls;
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
        options_ = *std::move(options);
        reconnects_left_ = flags_.reconnect;
        if (const auto why = begin()) {
            report_.failed("error", 0, flags_.common.in_terms_of_flags(*why));
            return usage;
        }
        context_.run();
        return status_;
    }

private:
    std::optional<failure> begin() {
        auto made = flags_.via_tls.empty()
                        ? connect(context_, options_)
                        : connect_via(context_, via_, options_, [this](tls_socket outer) {
                              listen_to_outer(std::move(outer));
                          });
        if (!made) {
            return std::move(made.error());
        }
        socket_ = *made;
        ++id_;
        renegotiations_left_ = flags_.renegotiate;
        flags_.common.apply_to(socket_);
        listen();
        return std::nullopt;
    }

    result<connect_options> make_options() {
        auto place = flags_.common.path.empty() ? parse_place(flags_.place) : network_place{};
        if (!place) {
            return tl::make_unexpected(std::move(place.error()));
        }
        if (!flags_.via_tls.empty()) {
            auto via = parse_place(flags_.via_tls);
            if (!via || via->port == 0) {
                return tl::make_unexpected(make_failure(
                    errc::invalid_argument,
                    "--via-tls: '" + flags_.via_tls + "' is not [HOST:]PORT", "--via-tls"));
            }
            via_ = *std::move(via);
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
        options.npn_protocols = npn_list(flags_.common.npn);
        psk_flags psk = flags_.psk;
        if (auto why = psk.prepare()) {
            return tl::make_unexpected(*std::move(why));
        }
        if (psk.given()) {
            options.psk_callback = psk.for_client();
        }
        options.request_ocsp = flags_.request_ocsp;
        auto keylog = key_log_file::open(flags_.common.keylog);
        if (!keylog) {
            return tl::make_unexpected(std::move(keylog.error()));
        }
        keylog_ = *std::move(keylog);
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
        socket_.on_end([this] { report_.event("end", id_); });
        socket_.on_drain([this] { report_.event("drain", id_); });
        socket_.on_timeout([this] { report_.event("timeout", id_); });
        socket_.on_ocsp_response([this](bytes response) {
            report_.event("OCSPResponse", id_, {{"length", response.size()}});
        });
        if (keylog_.kept()) {
            socket_.on_keylog([this](std::string_view line) {
                keylog_.write(line);
                report_.event("keylog", id_, {{"label", line.substr(0, line.find(' '))}});
            });
        }
        socket_.on_session([this](const auto& session) { keep(session); });
        socket_.on_error([this](const failure& why) {
            report_.failed("error", id_, why);
            end_for(why);
        });
        socket_.on_close([this](bool had_error) {
            report_.event("close", id_, {{"hadError", had_error}});
            if (input_) {
                input_->stop();
            }
            if (!had_error && reconnects_left_ != 0) {
                --reconnects_left_;
                // What worked before is not refused now.
                static_cast<void>(begin());
            }
        });
    }

    /// What happens at the connection that --via-tls runs through is told with its place.
    void listen_to_outer(tls_socket outer) {
        outer.on_secure_connect([this, outer, id = id_ + 1] {
            auto fields = agreed(outer);
            fields["via"] = flags_.via_tls;
            report_.event("secureConnect", id, fields);
        });
        outer.on_error([this, id = id_ + 1](const failure& why) {
            report_.event("error", id, {{"error", to_json(why)}, {"via", flags_.via_tls}});
            end_for(why);
        });
    }

    /// The first failure counts: with --via-tls the inner one follows from the outer.
    void end_for(const failure& why) {
        if (status_ == clean) {
            status_ = is_network(why) ? network_failure : tls_failure;
        }
    }

    void secured() {
        report_.event("secureConnect", id_, flags_.show ? every_getter(socket_) : agreed(socket_));
        renegotiate();
    }

    /// As often as asked for, then what is to be done with the connection.
    void renegotiate() {
        if (renegotiations_left_ == 0) {
            use();
            return;
        }
        --renegotiations_left_;
        socket_.renegotiate({}, [this](const std::optional<failure>& why) {
            if (why) {
                report_.failed("renegotiate", id_, *why);
                status_ = tls_failure;
                renegotiations_left_ = 0;
            } else {
                report_.event("renegotiate", id_, agreed(socket_));
            }
            renegotiate();
        });
    }

    void use() {
        if (flags_.send.empty() && !flags_.end && !flags_.destroy) {
            input_ = std::make_shared<standard_input>(context_, socket_);
            input_->start();
            return;
        }
        if (flags_.cork) {
            socket_.cork();
        }
        send_from(0, socket_);
    }

    /// Each text in a turn of its own, so that it is a record of its own unless --cork holds it.
    void send_from(std::size_t index, tls_socket target) {
        if (index < flags_.send.size()) {
            target.write(flags_.send[index]);
            asio::post(context_, [this, index, target] { send_from(index + 1, target); });
            return;
        }
        target.uncork();
        if (flags_.destroy) {
            target.destroy();
        } else if (flags_.end) {
            target.end();
        }
    }

    void received(bytes data) {
        if (flags_.common.json) {
            report_.event("data", id_, {{"length", data.size()}});
        } else {
            std::cout.write(as_text(data).data(), static_cast<std::streamsize>(data.size()))
                .flush();
        }
    }

    void keep(const std::vector<std::uint8_t>& session) {
        report_.event("session", id_, {{"length", session.size()}});
        options_.session = session;
        if (flags_.session_out.empty()) {
            return;
        }
        const auto out = open_private(flags_.session_out, std::ios::trunc);
        out->write(as_text(session).data(), static_cast<std::streamsize>(session.size()));
        if (!out->flush()) {
            socket_.destroy(make_failure(errc::file_unreadable,
                                         "--session-out: cannot write " + flags_.session_out,
                                         flags_.session_out));
        }
    }

    const connect_flags& flags_;
    reporter report_;
    asio::io_context context_;
    connect_options options_;
    network_place via_;
    key_log_file keylog_;
    tls_socket socket_;
    unsigned id_ = 0;
    unsigned reconnects_left_ = 0;
    unsigned renegotiations_left_ = 0;
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
    flags->psk.add_to(*command);
    command->add_option("--servername", flags->servername, "name to send; empty sends none");
    add_switch(*command, "--reject-unauthorized", flags->reject_unauthorized,
               "refuse an unverified server (default)");
    command->add_flag("--insecure", flags->insecure, "--reject-unauthorized=0");
    command->add_flag("--show", flags->show, "every getter, once the handshake is done");
    auto* send = command
                     ->add_option("--send", flags->send,
                                  "text to send instead of standard input (repeatable)")
                     ->allow_extra_args(false);
    command->add_flag("--cork", flags->cork, "send the texts together, in full records")
        ->needs(send);
    auto* end = command->add_flag("--end", flags->end, "end after the handshake and --send");
    command->add_flag("--destroy", flags->destroy, "destroy instead of ending")->excludes(end);
    command->add_flag("--request-ocsp", flags->request_ocsp, "ask for a stapled OCSP response");
    command->add_option("--reconnect", flags->reconnect,
                        "connect so many times more, each with the session of the last");
    command->add_option("--renegotiate", flags->renegotiate, "handshakes after the first");
    command
        ->add_option("--via-tls", flags->via_tls,
                     "[HOST:]PORT of a TLS peer that passes on what it gets: TLS in TLS")
        ->excludes("--unix");
    command->add_option("--session-in", flags->session_in, "session to resume");
    command->add_option("--session-out", flags->session_out, "where to keep the latest session");
    command->callback([flags, &status] { status = connect_command(*flags).run(); });
}

}  // namespace polytls::tool
