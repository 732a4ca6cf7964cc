#pragma once

#include "blob.hpp"
#include "compat.hpp"

#include <polytls/core/alert.hpp>
#include <polytls/core/byte_sink.hpp>

#include <array>

namespace polytls::wolfssl {

/// The wire as an engine sees it: what came from the peer, and where to put what goes to it.
/// wolfSSL reads straight from the input, and writes straight to the sink; what a sink with little
/// room does not take is kept here, since wolfSSL cannot take half a step again.
class wire {
public:
    /// Has a WOLFSSL read and write here; the wire must outlive it.
    void connect(WOLFSSL* ssl) noexcept;

    /// Begins a call on the engine.
    void begin(bytes input, byte_sink& output) noexcept;

    /// Ends it, and returns how much of the input was taken.
    std::size_t end() noexcept;

    /// Moves on what was kept; false while some is left.
    bool flush() noexcept;

    bool has_output_left() const noexcept { return !left_.empty(); }

    bool ran_out_of_memory() const noexcept { return no_memory_; }

    /// Puts bytes of our own before the rest of the input.
    bool give(bytes data) noexcept { return held_.append(data); }

    /// What is left of the input, to be taken by ourselves.
    bytes rest() const noexcept { return input_.subspan(consumed_); }

    void take(std::size_t size) noexcept { consumed_ += size; }

    /// Whether anything went out in this call.
    bool sent_something() const noexcept { return sent_ != 0; }

    /// Whether all that went over the wire so far could be read by anybody.
    bool in_plain_text() const noexcept { return plain_out_ && plain_in_; }

    /// Whether the peer sent an alert in plain text that is none, which wolfSSL passes over.
    bool heard_malformed_alert() const noexcept { return malformed_alert_; }

    /// Has the next alert that is sent in plain text say this instead.
    void replace_alert(alert_description by) noexcept { replacement_ = by; }

    /// Sends an alert in plain text.
    void send_alert(alert_description alert) noexcept;

private:
    static int receive(WOLFSSL* ssl, char* data, int size, void* own) noexcept;
    static int send(WOLFSSL* ssl, char* data, int size, void* own) noexcept;
    std::size_t read(mutable_bytes to) noexcept;
    void watch_input(bytes data) noexcept;
    bool write(bytes data) noexcept;

    bytes input_{};
    std::size_t consumed_ = 0;
    byte_sink* output_ = nullptr;
    blob held_;  ///< Comes before the input.
    blob left_;  ///< Waits for room in the sink.
    std::size_t sent_ = 0;
    alert_description replacement_ = alert_description::none;
    bool no_memory_ = false;
    bool plain_out_ = true;
    bool plain_in_ = true;
    bool peer_changed_ = false;  ///< The peer's alerts cannot be read by anybody.
    bool alert_begins_ = false;
    bool malformed_alert_ = false;
    std::array<std::uint8_t, 5> header_{};  ///< Of the record that is being read.
    std::size_t header_size_ = 0;
    std::size_t record_left_ = 0;
};

}  // namespace polytls::wolfssl
