#pragma once

#include "parties.hpp"
#include "target.hpp"

#include <polytls/byte_buffer.hpp>
#include <polytls/core/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace polytls::fuzz {

/// A sink with little room, which is made good whenever it has run out.
class narrow_sink final : public byte_sink {
public:
    /// `room` bytes each time; 0: any number.
    narrow_sink(byte_buffer& to, std::size_t room) : to_(&to), room_(room), left_(room) {}

    std::size_t append(bytes data) noexcept override;

    /// Whether it refused anything since it was last refilled.
    bool refused() const noexcept { return refused_; }

    void refill() noexcept;

private:
    byte_buffer* to_;
    std::size_t room_;
    std::size_t left_;
    bool refused_ = false;
};

/// Sessions that a server keeps, by their ids.
using session_map = std::map<octets, octets>;

/// How an end uses its connection.
struct end_limits {
    std::size_t sink_room = 0;       ///< As `narrow_sink`'s.
    std::size_t plaintext_room = 1;  ///< How much one read may deliver.
    bool answers_late = false;       ///< Questions wait for `answer`.
    /// A server's context for the name that is asked for; null: the one it has.
    const spi::context* named = nullptr;
};

/// One end of a conversation: a connection, each step of which is held to what its header promises.
class checked_end final : public connection_observer {
public:
    checked_end(const party& who, connection_settings settings, end_limits limits);

    connection& tls() noexcept { return tls_; }

    const connection& tls() const noexcept { return tls_; }

    /// Takes bytes from the peer and does all that can be done now.
    void receive(bytes data);

    /// The transport has ended.
    void end_of_input();

    /// Queues plaintext, which `step` writes as soon as it can be.
    void write(std::size_t size);

    void step();
    void renegotiate(bool request_certificate);
    void close();

    /// Answers the open question, or refuses to.
    void answer();
    void refuse();

    void pass_time(std::chrono::milliseconds time);

    /// Ciphertext for the peer.
    byte_buffer& outbox() noexcept { return outbox_; }

    /// What was written, and what was received so far.
    const std::string& sent() const noexcept { return sent_; }

    const std::string& received() const noexcept { return received_; }

    /// A handshake on the standing connection was asked for.
    bool renegotiated() const noexcept { return renegotiated_; }

    /// The last session told to a client, and the sessions a server is to keep.
    const octets& last_session() const noexcept { return last_session_; }

    session_map& kept_sessions() noexcept { return kept_; }

    /// What a server staples; the certificate it is for is the first of its chain.
    static bytes staple() noexcept;

private:
    void session(bytes envelope) noexcept override;
    void new_session(bytes id, bytes envelope) noexcept override;
    void key_log(std::string_view line) noexcept override;
    status check_identity(std::string_view host,
                          const x509::certificate_view& leaf) noexcept override;

    void answer_now() noexcept override {}

    void shake_hands();
    void write_queued();
    void read_all();
    void check(const progress& step, std::size_t given, std::size_t room);
    void check_unanswerable();
    void check_not_yet_open();
    void check_stays_failed();

    const party* who_;
    connection_settings settings_;
    end_limits limits_;
    connection tls_;
    moment now_ = beginning();
    byte_buffer inbox_;
    byte_buffer outbox_;
    narrow_sink sink_;
    std::string sent_;
    std::size_t queued_ = 0;  // At the end of `sent_`.
    std::string received_;
    octets last_session_;
    session_map kept_;
    bool renegotiated_ = false;
    bool input_over_ = false;  // No more can be read.
};

}  // namespace polytls::fuzz
