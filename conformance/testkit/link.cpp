#include "link.hpp"

#include "pki.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace polytls::testkit {
namespace {

constexpr std::size_t longest_odd_size = 1500;

using context_key = std::pair<std::string, protocol_version>;

secure_context cached(std::map<context_key, secure_context>& cache,
                      const backend& with,
                      protocol_version version,
                      const context_options& options) {
    secure_context& context = cache[{std::string(with.name()), version}];
    if (!context) {
        context = value_of(create_secure_context(options));
    }
    return context;
}

}  // namespace

link_end::link_end(std::unique_ptr<endpoint> end) : tls_(std::move(end)) {
    tls_->on_session([sessions = sessions_](const auto& session) { sessions->push_back(session); });
}

void link_end::note(std::string event) {
    // How data is cut is the wire's doing, not the library's: runs of it are one event.
    if (event != "data" || trace_.empty() || trace_.back() != "data") {
        trace_.push_back(std::move(event));
    }
}

void link_end::finish(polytls::failure why) {
    if (!failure_) {
        note("error " + why.name());
        failure_ = std::move(why);
    }
}

void link_end::step(moment now) {
    if (!tls_->handshake_complete()) {
        const progress step = tls_->handshake(inbox_.data(), outbox_, now);
        inbox_.consume(step.consumed);
    }
    if (const auto failed = tls_->last_failure()) {
        finish(*failed);
        return;
    }
    if (!tls_->handshake_complete()) {
        return;
    }
    if (!std::exchange(secure_, true)) {
        note("secure");
    }
    if (!to_write_.empty()) {
        const progress step = tls_->write(as_bytes(to_write_), outbox_, now);
        to_write_.erase(0, step.consumed);
    }
    if (ending_ && to_write_.empty() && !std::exchange(close_sent_, true)) {
        tls_->close(outbox_, now);
    }
    std::array<std::uint8_t, 4096> plaintext{};
    while (!peer_ended_ && !failure_) {
        const progress step = tls_->read(inbox_.data(), plaintext, outbox_, now);
        inbox_.consume(step.consumed);
        if (step.produced != 0) {
            received_ += as_text(bytes(plaintext).first(step.produced));
            note("data");
        } else if (step.error.code == errc::closed) {
            peer_ended_ = true;
            note("end");
        } else if (step.error) {
            finish(tls_->describe(step.error));
        } else {
            return;
        }
    }
}

link::link(std::unique_ptr<endpoint> client_end,
           std::unique_ptr<endpoint> server_end,
           link_options how)
    : client(std::move(client_end)), server(std::move(server_end)), options_(how),
      random_(how.seed) {}

void link::run() {
    bool moved = true;
    while (moved) {
        client.step(clock.now());
        server.step(clock.now());
        const bool to_server = carry(client, server);
        const bool to_client = carry(server, client);
        moved = to_server || to_client;
    }
}

void link::cut() {
    cut_ = true;
    client.tls().end_of_input();
    server.tls().end_of_input();
    client.step(clock.now());
    server.step(clock.now());
}

bool link::carry(link_end& from, link_end& to) {
    if (from.outbox_.empty() || cut_) {
        return false;
    }
    if (deliveries_ == options_.cut_after) {
        cut();
        return false;
    }
    const bytes chunk = from.outbox_.data().first(next_size(from.outbox_.size()));
    from.sent_.insert(from.sent_.end(), chunk.begin(), chunk.end());
    to.inbox_.append(chunk);
    from.outbox_.consume(chunk.size());
    ++deliveries_;
    return true;
}

std::size_t link::next_size(std::size_t available) {
    switch (options_.how) {
    case delivery::at_once:
        return available;
    case delivery::one_byte:
        return 1;
    case delivery::odd_sizes:
        break;
    }
    return std::min<std::size_t>(available, 1 + random_() % longest_odd_size);
}

context_options client_options_for(const pairing& with) {
    return {.backend = with.client,
            .ca = one_or_many(root().certificate_pem()),
            .min_version = with.version,
            .max_version = with.version};
}

context_options server_options_for(const pairing& with) {
    return {.backend = with.server,
            .key = localhost().key_pem(),
            .cert = localhost().certificate_pem(),
            .ca = one_or_many(root().certificate_pem()),
            .min_version = with.version,
            .max_version = with.version};
}

secure_context client_context_for(const pairing& with) {
    static std::map<context_key, secure_context> cache;
    return cached(cache, with.client, with.version, client_options_for(with));
}

secure_context server_context_for(const pairing& with) {
    static std::map<context_key, secure_context> cache;
    return cached(cache, with.server, with.version, server_options_for(with));
}

link make_link(const pairing& with, link_setup setup) {
    auto& [client, server, wire] = setup;
    if (!client.context) {
        client.context = client_context_for(with);
    }
    if (!server.context) {
        server.context = server_context_for(with);
    }
    if (client.host.empty()) {
        client.host = "localhost";
    }
    link made(value_of(endpoint::make(std::move(client))),
              value_of(endpoint::make(std::move(server))), wire);
    return made;
}

link handshake(const pairing& with, link_setup setup) {
    link made = make_link(with, std::move(setup));
    made.run();
    return made;
}

}  // namespace polytls::testkit
