#include "commands.hpp"
#include "common_options.hpp"
#include "details.hpp"
#include "key_log_file.hpp"
#include "psk_flags.hpp"
#include "server_answers.hpp"

#include <polytls/pem.hpp>
#include <polytls/transport/server.hpp>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <unistd.h>

namespace polytls::tool {
namespace {

struct serve_flags {
    common_options common;
    std::string place;
    bool request_cert = false;
    bool reject_unauthorized = false;
    bool echo = false;
    bool discard = false;
    std::optional<std::size_t> send;
    std::string respond;
    std::vector<std::string> sni;
    std::int64_t sni_delay = -1;
    std::string sni_answer = "context";
    std::size_t max_connections = std::numeric_limits<std::size_t>::max();
    std::size_t once = 0;
    std::uint32_t client_reneg_limit = 3;
    std::int64_t client_reneg_window = 600;
    psk_flags psk;
    std::string psk_hint;
    server_answers answers;
};

/// "NAME=CERT,KEY[,CA]" of --sni.
struct sni_entry {
    std::string name;
    std::vector<std::string> files;
};

result<sni_entry> parse_sni(const std::string& text) {
    sni_entry entry;
    const std::size_t equals = text.find('=');
    entry.name = text.substr(0, equals);
    std::size_t from = equals;
    while (from != std::string::npos) {
        const std::size_t comma = text.find(',', from + 1);
        entry.files.push_back(text.substr(from + 1, comma - from - 1));
        from = comma;
    }
    if (entry.files.size() < 2 || entry.files.size() > 3) {
        return tl::make_unexpected(make_failure(
            errc::invalid_argument, "--sni: '" + text + "' is not NAME=CERT,KEY[,CA]", "--sni"));
    }
    return entry;
}

/// One run of `polytls serve`.
class serve_command {
public:
    explicit serve_command(serve_flags& flags)
        : flags_(flags), report_(std::cout, flags.common.json, wants_colour(STDOUT_FILENO)),
          fatal_(flags.common.json ? std::cout : std::cerr,
                 flags.common.json,
                 wants_colour(flags.common.json ? STDOUT_FILENO : STDERR_FILENO)),
          signals_(context_, SIGINT, SIGTERM) {}

    int run() {
        if (const auto why = prepare()) {
            fatal_.failed("error", 0, flags_.common.in_terms_of_flags(*why));
            return usage;
        }
        listen();
        signals_.async_wait([this](const asio::error_code& error, int) {
            if (!error) {
                stop();
            }
        });
        context_.run();
        return status_;
    }

private:
    std::optional<failure> prepare() {
        auto place = flags_.common.path.empty() ? parse_place(flags_.place) : network_place{};
        if (!place) {
            return std::move(place.error());
        }
        place_ = *std::move(place);
        auto credentials = flags_.common.credentials();
        if (!credentials) {
            return std::move(credentials.error());
        }
        if (auto why = flags_.psk.prepare()) {
            return why;
        }
        if (credentials->cert.empty() && credentials->pfx.empty() && !flags_.psk.given()) {
            return make_failure(errc::invalid_argument,
                                "a server needs --cert and --key, --pfx, or --psk-file", "--cert");
        }
        if (!flags_.respond.empty()) {
            auto body = read_flag_file("--respond", flags_.respond);
            if (!body) {
                return std::move(body.error());
            }
            response_ = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body->size()) +
                        "\r\nConnection: close\r\n\r\n" + *body;
        }
        if (auto why = flags_.answers.prepare()) {
            return why;
        }
        auto keylog = key_log_file::open(flags_.common.keylog);
        if (!keylog) {
            return std::move(keylog.error());
        }
        keylog_ = *std::move(keylog);
        server_options options;
        options.credentials = *credentials;
        options.request_cert = flags_.request_cert;
        options.reject_unauthorized = flags_.reject_unauthorized;
        options.alpn_protocols = flags_.common.alpn;
        options.npn_protocols = npn_list(flags_.common.npn);
        if (flags_.psk.given()) {
            options.psk_callback = flags_.psk.for_server();
            options.psk_identity_hint = flags_.psk_hint;
        }
        options.client_reneg_limit = flags_.client_reneg_limit;
        options.client_reneg_window = std::chrono::seconds(flags_.client_reneg_window);
        options.handshake_timeout = flags_.common.handshake_time();
        options.allow_half_open = flags_.common.allow_half_open;
        if (flags_.sni_delay >= 0 || flags_.sni_answer != "context") {
            options.sni_callback = [this](std::string_view name,
                                          const late_answer<secure_context>& done) {
                answer_late(name, done);
            };
        }
        auto made = create_server(context_.get_executor(), std::move(options));
        if (!made) {
            return std::move(made.error());
        }
        server_ = *made;
        server_.set_max_connections(flags_.max_connections);
        return add_contexts(*credentials);
    }

    std::optional<failure> add_contexts(const context_options& base) {
        for (const std::string& text : flags_.sni) {
            auto entry = parse_sni(text);
            if (!entry) {
                return std::move(entry.error());
            }
            auto cert = read_files("--sni", {entry->files[0]});
            auto key = read_files("--sni", {entry->files[1]});
            auto ca = entry->files.size() == 3 ? read_files("--sni", {entry->files[2]})
                                               : result<one_or_many>(one_or_many{});
            for (auto* texts : {&cert, &key, &ca}) {
                if (!*texts) {
                    return std::move(texts->error());
                }
            }
            context_options options = base;
            options.cert = *cert;
            options.key = *key;
            if (!ca->empty()) {
                options.ca = *ca;
            }
            auto context = create_secure_context(options);
            if (!context) {
                failure why = std::move(context.error());
                why.message = "--sni " + text + ": " + why.message;
                why.input = "--sni";
                return why;
            }
            if (auto added = server_.add_context(entry->name, *context); !added) {
                return std::move(added.error());
            }
            static_cast<void>(by_name_.add(entry->name, *context));
        }
        return std::nullopt;
    }

    void answer_late(std::string_view name, const late_answer<secure_context>& done) {
        auto timer = std::make_shared<asio::steady_timer>(
            context_, std::chrono::milliseconds(std::max<std::int64_t>(flags_.sni_delay, 0)));
        timer->async_wait([this, timer, done, name = std::string(name)](const asio::error_code&) {
            if (flags_.sni_answer == "error") {
                done(make_failure(errc::refused_by_callback, "--sni-answer error", "--sni-answer"));
            } else {
                done(flags_.sni_answer == "none" ? secure_context{} : by_name_.find(name));
            }
        });
    }

    void listen() {
        server_.on_connection([this](tls_socket socket) { accept(std::move(socket)); });
        server_.on_secure_connection([this](tls_socket socket) { serve(std::move(socket)); });
        server_.on_client_error([this](const failure& why, const tls_socket& socket) {
            report_.failed("clientError", id_of(socket), why);
        });
        flags_.answers.answer(server_, context_, report_);
        if (keylog_.kept()) {
            server_.on_keylog([this](std::string_view line, const tls_socket& socket) {
                keylog_.write(line);
                report_.event("keylog", id_of(socket), {{"label", line.substr(0, line.find(' '))}});
            });
        }
        server_.on_drop(
            [this](const socket_address& peer) { report_.event("drop", 0, to_json(peer)); });
        server_.on_error([this](const failure& why) {
            fatal_.failed("error", 0, why);
            status_ = network_failure;
            stop();
        });
        server_.on_close([this] { report_.event("close", 0); });
        server_.on_listening([this] { report_.event("listening", 0, to_json(server_.address())); });
        if (flags_.common.path.empty()) {
            server_.listen(place_.port, place_.host);
        } else {
            server_.listen_path(flags_.common.path);
        }
    }

    void accept(tls_socket socket) {
        const unsigned id = ++last_id_;
        report_.event(
            "connection", id,
            {{"remoteAddress", socket.remote_address()}, {"remotePort", socket.remote_port()}});
        socket.on_close([this, id, socket](bool had_error) {
            report_.event("close", id, {{"hadError", had_error}});
            std::erase_if(ids_, [&socket](const auto& entry) { return entry.first == socket; });
            if (flags_.once != 0 && ++ended_ >= flags_.once) {
                stop();
            }
        });
        ids_.emplace_back(std::move(socket), id);
    }

    unsigned id_of(const tls_socket& socket) const {
        const auto found = std::ranges::find_if(
            ids_, [&socket](const auto& entry) { return entry.first == socket; });
        return found == ids_.end() ? 0 : found->second;
    }

    void serve(tls_socket socket) {
        const unsigned id = id_of(socket);
        flags_.common.apply_to(socket);
        report_.event("secureConnection", id, agreed(socket));
        socket.on_error([this, id](const failure& why) { report_.failed("error", id, why); });
        socket.on_end([this, id] { report_.event("end", id); });
        socket.on_drain([this, id] { report_.event("drain", id); });
        socket.on_timeout([this, id] { report_.event("timeout", id); });
        socket.on_data([this, id](bytes data) {
            report_.event("data", id, {{"length", data.size()}});
        });
        if (flags_.send) {
            socket.end(std::string(*flags_.send, 'x'));
        } else if (!response_.empty()) {
            respond(std::move(socket));
        } else if (!flags_.discard) {
            socket.pipe(socket);
        }
    }

    /// Answers the first request with the file, whatever it asks for.
    void respond(tls_socket socket) {
        auto request = std::make_shared<std::string>();
        socket.on_data([this, request, socket](bytes data) mutable {
            const bool answered = request->find("\r\n\r\n") != std::string::npos;
            *request += as_text(data);
            if (!answered && request->find("\r\n\r\n") != std::string::npos) {
                socket.end(response_);
            }
        });
    }

    void stop() {
        signals_.cancel();
        server_.close();
        for (const auto& [socket, id] : std::vector(ids_)) {
            tls_socket(socket).destroy();
        }
    }

    serve_flags& flags_;
    reporter report_;
    reporter fatal_;  // What ends the program: never among what it prints for people.
    asio::io_context context_;
    asio::signal_set signals_;
    network_place place_;
    server server_;
    key_log_file keylog_;
    sni_table by_name_;
    std::string response_;
    std::vector<std::pair<tls_socket, unsigned>> ids_;
    unsigned last_id_ = 0;
    std::size_t ended_ = 0;
    int status_ = clean;
};

}  // namespace

void add_serve(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("serve", "a server: echoes, unless told otherwise");
    auto flags = std::make_shared<serve_flags>();
    command->add_option("place", flags->place, "[HOST:]PORT; port 0 picks one");
    flags->common.add_to(*command);
    command->add_flag("--request-cert", flags->request_cert, "ask clients for a certificate");
    add_switch(*command, "--reject-unauthorized", flags->reject_unauthorized,
               "refuse clients that do not verify");
    auto* what = command->add_option_group("what to do with connections");
    what->add_flag("--echo", flags->echo, "send back what comes (default)");
    what->add_flag("--discard", flags->discard, "only read");
    what->add_option("--send", flags->send, "send so many bytes, then end");
    what->add_option("--respond", flags->respond, "answer HTTP/1.1 requests with a file");
    what->require_option(0, 1);
    command->add_option("--sni", flags->sni, "NAME=CERT,KEY[,CA] for one server name (repeatable)")
        ->allow_extra_args(false);
    command->add_option("--sni-delay", flags->sni_delay, "milliseconds before a name is answered");
    command->add_option("--sni-answer", flags->sni_answer, "context, none or error")
        ->check(CLI::IsMember({"context", "none", "error"}));
    flags->psk.add_to(*command);
    command->add_option("--psk-hint", flags->psk_hint,
                        "helps clients below TLS 1.3 choose their pre-shared key");
    flags->answers.add_to(*command);
    command->add_option("--client-reneg-limit", flags->client_reneg_limit,
                        "how often a client may renegotiate");
    command
        ->add_option("--client-reneg-window", flags->client_reneg_window, "seconds it counts for")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--max-connections", flags->max_connections, "drop those above");
    command->add_option("--once", flags->once, "end after so many connections");
    command->callback([flags, &status] { status = serve_command(*flags).run(); });
}

}  // namespace polytls::tool
