#pragma once

#include <polytls/spi/handshake_events.hpp>

#include <openssl/async.h>
#include <openssl/ssl.h>

namespace polytls::openssl {

/// What makes a handshake wait for what it asks in the middle of it: signatures by keys that are
/// not here, and pre-shared keys. OpenSSL has nothing to come back to there: the handshake runs on
/// a stack of its own (async_start_job(3)), which is left while an answer is out.
///
/// That stack is small, so that whatever an engine tells or asks is called on the stack of its
/// caller. On platforms without such stacks an answer must come at once.
class late_answers {
public:
    explicit late_answers(spi::handshake_events& events) noexcept : outside_(*this, events) {}

    /// Ends what was paused, without an answer.
    ~late_answers();
    late_answers(const late_answers&) = delete;
    late_answers& operator=(const late_answers&) = delete;

    /// Whether answers may come late.
    static bool can_wait() noexcept;

    /// The one whose `run` is under way on this thread; null when there is none.
    static late_answers* current() noexcept;

    /// Calls `function(ssl)`, or goes on where it paused; `result` is what it returned. False while
    /// it waits for an answer.
    bool run(int (*function)(SSL*), SSL* ssl, int& result) noexcept;

    /// Between two calls of `run` that go together.
    bool paused() const noexcept { return job_ != nullptr; }

    /// From within `run`: asks for a signature, and waits for it.
    spi::answer sign(spi::signature_request request) noexcept;

    /// The same for a pre-shared key.
    spi::answer find_psk(bytes about) noexcept;

    /// The events, to be told from within `run`.
    spi::handshake_events& events() noexcept { return outside_; }

private:
    /// Hands each event on to the caller's stack.
    class outside_events final : public spi::handshake_events {
    public:
        outside_events(late_answers& by, spi::handshake_events& to) noexcept : by_(by), to_(to) {}

        moment now() const noexcept override;
        spi::peer_judgement judge_peer(const peer_findings& findings) noexcept override;
        void session(bytes blob) noexcept override;
        void new_session(bytes id, bytes blob) noexcept override;
        void key_log(std::string_view line) noexcept override;
        bool renegotiating(bool by_peer) noexcept override;
        void renegotiated() noexcept override;
        bytes session_note() noexcept override;
        bool resumed(bytes note) noexcept override;
        spi::answer sign(const spi::signature_request& request) noexcept override;
        spi::answer find_psk(const spi::psk_request& request) noexcept override;

    private:
        late_answers& by_;
        spi::handshake_events& to_;
    };

    /// A call that is to be made outside of the job's stack.
    struct outside_call {
        void (*make)(void*) noexcept = nullptr;
        void* with = nullptr;
    };

    template <class Call>
    void outside(Call call) noexcept;
    template <class Ask>
    spi::answer wait_for(bool at_once, Ask ask) noexcept;
    static int body(void* arguments) noexcept;

    outside_events outside_;
    ASYNC_JOB* job_ = nullptr;
    ASYNC_WAIT_CTX* wait_ = nullptr;
    outside_call call_{};
    int (*function_)(SSL*) = nullptr;
    SSL* ssl_ = nullptr;
    unsigned turns_ = 0;  // Of `run`.
    bool given_up_ = false;
};

}  // namespace polytls::openssl
