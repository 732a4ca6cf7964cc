#pragma once

#include "thread_buffers.hpp"

#include <polytls/byte_buffer.hpp>
#include <polytls/endpoint.hpp>
#include <polytls/event.hpp>
#include <polytls/transport/duplex.hpp>
#include <polytls/transport/socket.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace polytls::detail {

/// What a server hears of a socket it accepted.
class socket_owner {
public:
    virtual void secured(tls_socket socket) = 0;
    /// Instead of the socket's own `error`.
    virtual void failed_before_secure(const failure& why, tls_socket socket) = 0;
    virtual void closed() = 0;

protected:
    ~socket_owner() = default;
};

/// The events of a socket.
struct socket_events {
    event<> secure_connect;
    event<bytes> data;
    event<> end;
    event<> drain;
    event<> timeout;
    event<const std::vector<std::uint8_t>&> session;
    event<bytes> ocsp_response;
    event<std::string_view> keylog;
    event<const failure&> error;
    event<bool> close;
};

/// What all handles of a TLS socket share: an endpoint, the stream it runs over, and what waits on
/// its way in or out.
///
/// Work happens in turns, each begun by the event loop and never by a caller: `read_turn` when the
/// stream is readable, `write_turn` when it is writable, `turn` for what callers asked for. A turn
/// borrows the thread's buffers; what it leaves over moves into the socket's own.
class socket_state final : public std::enable_shared_from_this<socket_state> {
public:
    struct settings {
        std::function<moment()> clock;
        bool allow_half_open = false;
        std::shared_ptr<socket_owner> owner{};
    };

    socket_state(asio::any_io_executor executor, std::unique_ptr<endpoint> tls, settings how);

    /// Keeps the socket alive, and its event loop running, until it is closed.
    void open();

    /// Begins the handshake over a stream. The socket is open. `head` came in before.
    void start(std::unique_ptr<duplex> stream, bytes head = {});

    /// What ends an attempt to connect that has no stream yet; called when the socket is closed.
    void set_cancel(std::function<void()> cancel) { cancel_ = std::move(cancel); }

    /// @name What handles ask for
    /// @{
    void listen_for_data(std::function<void(bytes)> call);
    void listen_for_keys(std::function<void(std::string_view)> call);
    bool write(bytes plaintext);
    bool update_keys(bool of_peer);
    void renegotiate(const renegotiate_options& how,
                     std::function<void(const std::optional<failure>&)> done);
    void end();

    void cork() noexcept { corked_ = true; }

    void uncork();
    /// Closes at once. `error` and `close` are told later.
    void finish(std::optional<failure> why);

    void pause() noexcept { paused_ = true; }

    void resume();
    void set_timeout(std::chrono::milliseconds idle);
    void check_deadlines();

    /// @}

    std::size_t queued() const noexcept { return queue_.size() + sealed_; }

    bool destroyed() const noexcept { return finished_; }

    /// Whether anything will be told any more; listeners that come later are not kept.
    bool closed() const noexcept { return closed_; }

    const asio::any_io_executor& executor() const noexcept { return executor_; }

    endpoint& tls() const noexcept { return *tls_; }

    socket_events events;
    socket_address local;  // As they were when the connection was made.
    socket_address remote;
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;

    /// The event loop is gone: lets everything go without a word.
    void abandon() noexcept;

private:
    // socket_state.cpp: turns, and the end.
    void learn_addresses();
    void schedule_turn();
    void schedule_reading();
    void schedule_flush();
    void turn();
    void fail(failure why, thread_buffers& with);
    void give_up_sending();
    failure in_the_systems_words(failure of_handshake) const;
    void tell_error(const failure& why);
    void tell_close(bool had_error);
    void release_listeners() noexcept;
    bool keep(byte_buffer& in, bytes data);

    // socket_renegotiate.cpp
    void begin_key_update(thread_buffers& with);
    void begin_renegotiation(thread_buffers& with);
    void renegotiation_over(std::optional<failure> why);

    // socket_time.cpp
    void touch(moment now);
    void arm_timer();
    void look_at_clock();
    std::optional<std::chrono::milliseconds> next_deadline() const;

    // socket_read.cpp
    void read_turn();
    void take_input(thread_buffers& with);
    bool receive(thread_buffers& with, bytes& input);
    void input_has_ended(std::error_code error);
    void work_on(bytes& input, thread_buffers& with);
    bool shake_hands(bytes& input, thread_buffers& with);
    bool read_record(bytes& input, thread_buffers& with);
    progress step(bytes& input, thread_buffers& with);
    void reading_failed(const status& why, thread_buffers& with);
    void peer_has_ended();
    void tell_news();
    void deliver(bytes plaintext);
    void deliver_held();
    void await_readable();
    bool flowing() const noexcept;
    bool has_room() const noexcept;
    bool wants_input() const noexcept;

    // socket_write.cpp
    void flush(thread_buffers& with);
    void push(thread_buffers& with);
    void seal(thread_buffers& with);
    bool can_seal() const noexcept;
    void transmit(thread_buffers& with);
    std::size_t send(bytes data);
    void after_flush();
    void await_writable();
    void tell_misuse();

    asio::any_io_executor executor_;
    std::unique_ptr<endpoint> tls_;
    std::function<moment()> clock_;
    std::shared_ptr<socket_owner> owner_;
    std::unique_ptr<duplex> stream_;
    std::optional<asio::steady_timer> timer_;
    std::function<void()> cancel_;

    byte_buffer stash_;       // Ciphertext received that could not be used yet.
    byte_buffer held_;        // Plaintext that came before anybody listened.
    byte_buffer queue_;       // Plaintext to be sent.
    byte_buffer pending_;     // Ciphertext that the network did not take yet.
    std::size_t sealed_ = 0;  // Bytes of plaintext in `pending_`.
    std::vector<std::vector<std::uint8_t>> sessions_;  // Not told yet.
    std::optional<bool> key_update_wanted_;            // Of the peer, too?
    std::optional<renegotiate_options> renegotiation_wanted_;
    std::function<void(const std::optional<failure>&)> renegotiated_;
    std::error_code read_error_;
    std::error_code send_error_;

    std::chrono::milliseconds idle_limit_{0};
    std::chrono::milliseconds last_moved_{0};
    std::chrono::milliseconds armed_for_{0};
    std::uint64_t timer_round_ = 0;

    bool allow_half_open_;
    bool armed_ = false;
    bool idle_told_ = false;
    bool resumed_ = false;
    bool paused_ = false;
    bool turn_scheduled_ = false;
    bool read_wanted_ = false;
    bool flush_wanted_ = false;
    bool in_read_turn_ = false;
    bool may_be_more_ = false;  // The last receive filled the buffer.
    bool awaiting_readable_ = false;
    bool awaiting_writable_ = false;
    bool awaiting_answer_ = false;
    bool secure_ = false;
    bool secure_connect_due_ = false;
    bool ocsp_response_due_ = false;
    bool owner_due_ = false;      // To hear that the handshake is done.
    bool input_ended_ = false;    // The stream has ended.
    bool read_ended_ = false;     // The peer has sent close_notify.
    bool end_with_peer_ = false;  // `ending_` from the next turn on.
    bool corked_ = false;         // What is written stays queued.
    bool ending_ = false;         // Nothing more is written.
    bool close_sent_ = false;     // Our close_notify is made.
    bool write_ended_ = false;    // It has left.
    bool lost_data_ = false;      // Sending failed with plaintext still to be sent.
    bool awaiting_peer_ = false;  // What is queued can go only once the peer was heard.
    bool need_drain_ = false;
    bool misuse_told_ = false;
    bool finished_ = false;  // Closed, or about to be told so.
    bool closed_ = false;    // `close` was told.
};

}  // namespace polytls::detail
