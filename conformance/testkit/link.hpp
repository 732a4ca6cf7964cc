#pragma once

#include "clock.hpp"
#include "pairing.hpp"

#include <polytls/byte_buffer.hpp>
#include <polytls/endpoint.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace polytls::testkit {

/// How a link cuts the bytes it carries.
enum class delivery : std::uint8_t {
    at_once,    ///< All that is there.
    one_byte,   ///< A byte at a time.
    odd_sizes,  ///< 1 to 1500 bytes, from the seed.
};

/// What a link is to do to the bytes it carries.
struct link_options {
    delivery how = delivery::at_once;
    std::uint64_t seed = 1;
    /// The wire is cut after so many deliveries.
    std::size_t cut_after = std::numeric_limits<std::size_t>::max();
};

/// One end of a link: its endpoint, and all that happened there.
class link_end {
public:
    explicit link_end(std::unique_ptr<endpoint> end);

    endpoint& tls() noexcept { return *tls_; }

    const endpoint& tls() const noexcept { return *tls_; }

    /// Queues plaintext; `link::run` moves it.
    void write(std::string_view text) { to_write_ += text; }

    /// Sends close_notify once everything queued has left.
    void end() noexcept { ending_ = true; }

    /// Asks for a new handshake.
    progress renegotiate(const renegotiate_options& how, moment now) {
        return tls_->renegotiate(how, outbox_, now);
    }

    /// Plaintext received so far.
    const std::string& received() const noexcept { return received_; }

    /// Why it failed; nothing when it did not. An end without close_notify counts.
    const std::optional<polytls::failure>& failure() const noexcept { return failure_; }

    /// The failure's name; empty without one.
    std::string error() const { return failure_ ? failure_->name() : std::string(); }

    /// What happened, in order: "secure", "data", "end", "error NAME".
    const std::vector<std::string>& trace() const noexcept { return trace_; }

    /// Every byte of ciphertext this end made.
    const std::vector<std::uint8_t>& sent() const noexcept { return sent_; }

    /// The sessions that may be resumed later, as the session listener heard them.
    const std::vector<std::vector<std::uint8_t>>& sessions() const noexcept { return *sessions_; }

private:
    friend class link;

    void step(moment now);
    void note(std::string event);
    void finish(polytls::failure why);

    std::shared_ptr<std::vector<std::vector<std::uint8_t>>> sessions_ =
        std::make_shared<std::vector<std::vector<std::uint8_t>>>();
    std::unique_ptr<endpoint> tls_;
    byte_buffer inbox_;
    byte_buffer outbox_;
    std::string to_write_;
    std::string received_;
    std::optional<polytls::failure> failure_;
    std::vector<std::string> trace_;
    std::vector<std::uint8_t> sent_;
    bool ending_ = false;
    bool close_sent_ = false;
    bool peer_ended_ = false;
    bool secure_ = false;
};

/// A wire in memory with an endpoint at each end. Runs without threads and without time passing.
class link {
public:
    link(std::unique_ptr<endpoint> client_end,
         std::unique_ptr<endpoint> server_end,
         link_options how = {});

    /// Steps both ends and carries bytes until nothing moves any more.
    void run();

    /// Cuts the wire: both ends are told that nothing more will come.
    void cut();

    /// Puts bytes on the wire that neither end made.
    void inject_to_server(bytes data) { server.inbox_.append(data); }

    void inject_to_client(bytes data) { client.inbox_.append(data); }

    /// How many deliveries there were.
    std::size_t deliveries() const noexcept { return deliveries_; }

    link_end client;
    link_end server;
    manual_clock clock;

private:
    bool carry(link_end& from, link_end& to);
    std::size_t next_size(std::size_t available);

    link_options options_;
    std::mt19937_64 random_;
    std::size_t deliveries_ = 0;
    bool cut_ = false;
};

/// How both ends of a tested connection are to be. What is left out is as `client_options_for` and
/// `server_options_for` give it.
struct link_setup {
    client_settings client{};
    server_settings server{};
    link_options wire{};
};

/// Credentials that work for a pairing: `localhost()` on the server, `root()` as ca on both.
context_options client_options_for(const pairing& with);
context_options server_options_for(const pairing& with);

/// Contexts made from those once per process and pairing.
secure_context client_context_for(const pairing& with);
secure_context server_context_for(const pairing& with);

/// Makes a link; contexts not given are the pairing's, the client's host "localhost".
link make_link(const pairing& with, link_setup setup = {});

/// Makes a link and runs its handshake.
link handshake(const pairing& with, link_setup setup = {});

}  // namespace polytls::testkit
