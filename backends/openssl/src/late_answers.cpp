#include "late_answers.hpp"

#include "memory.hpp"

#include <algorithm>
#include <utility>

namespace polytls::openssl {
namespace {

thread_local late_answers* running = nullptr;

}  // namespace

late_answers::~late_answers() {
    // OpenSSL cannot drop a job that is paused: it has to come to its end.
    given_up_ = true;
    int ignored = 0;
    while (paused() && !run(function_, ssl_, ignored)) {
    }
    ASYNC_WAIT_CTX_free(wait_);
}

bool late_answers::can_wait() noexcept {
    return ASYNC_is_capable() == 1;
}

late_answers* late_answers::current() noexcept {
    return running;
}

int late_answers::body(void* arguments) noexcept {
    const auto* self = *static_cast<late_answers**>(arguments);
    return self->function_(self->ssl_);
}

bool late_answers::run(int (*function)(SSL*), SSL* ssl, int& result) noexcept {
    struct marking {
        explicit marking(late_answers* by) noexcept : before(std::exchange(running, by)) {}

        ~marking() { running = before; }

        late_answers* before;
    } const marked(this);

    function_ = function;
    ssl_ = ssl;
    ++turns_;
    if (wait_ == nullptr && can_wait()) {
        wait_ = ASYNC_WAIT_CTX_new();
    }
    if (wait_ == nullptr) {
        result = function(ssl);
        return true;
    }
    for (;;) {
        late_answers* self = this;
        switch (ASYNC_start_job(&job_, wait_, &result, body, &self, sizeof(void*))) {
        case ASYNC_FINISH:
            job_ = nullptr;
            return true;
        case ASYNC_PAUSE:
            if (call_.make == nullptr) {
                return false;
            }
            call_.make(call_.with);
            call_ = {};
            break;
        default:
            // Without memory for a stack.
            job_ = nullptr;
            result = -1;
            return true;
        }
    }
}

template <class Call>
void late_answers::outside(Call call) noexcept {
    call_ = {[](void* with) noexcept { (*static_cast<Call*>(with))(); }, &call};
    ASYNC_pause_job();
    // Where there is no job, or it must not pause now, that has done nothing.
    if (call_.make != nullptr) {
        call_ = {};
        call();
    }
}

spi::answer late_answers::sign(spi::signature_request request) noexcept {
    X509* shown = SSL_get_certificate(ssl_);
    const scratch der(static_cast<std::size_t>(std::max(i2d_X509(shown, nullptr), 0)));
    if (std::uint8_t* at = der.data(); at != nullptr && i2d_X509(shown, &at) > 0) {
        request.certificate = {der.data(), der.size()};
    }
    request.at_once = ASYNC_get_current_job() == nullptr;
    return wait_for(request.at_once, [&] { return outside_.sign(request); });
}

spi::answer late_answers::find_psk(bytes about) noexcept {
    const spi::psk_request request{.about = about, .at_once = ASYNC_get_current_job() == nullptr};
    return wait_for(request.at_once, [&] { return outside_.find_psk(request); });
}

template <class Ask>
spi::answer late_answers::wait_for(bool at_once, Ask ask) noexcept {
    while (!given_up_) {
        const spi::answer answer = ask();
        if (answer.state != spi::answer_state::later || at_once) {
            return answer;
        }
        const unsigned turn = turns_;
        ASYNC_pause_job();
        if (turns_ == turn) {
            // OpenSSL does not let go of it here.
            break;
        }
    }
    return {.state = spi::answer_state::refused};
}

moment late_answers::outside_events::now() const noexcept {
    return to_.now();
}

spi::peer_judgement
late_answers::outside_events::judge_peer(const peer_findings& findings) noexcept {
    spi::peer_judgement judgement{};
    by_.outside([&] { judgement = to_.judge_peer(findings); });
    return judgement;
}

void late_answers::outside_events::session(bytes blob) noexcept {
    by_.outside([&] { to_.session(blob); });
}

void late_answers::outside_events::new_session(bytes id, bytes blob) noexcept {
    by_.outside([&] { to_.new_session(id, blob); });
}

void late_answers::outside_events::key_log(std::string_view line) noexcept {
    by_.outside([&] { to_.key_log(line); });
}

bool late_answers::outside_events::renegotiating(bool by_peer) noexcept {
    bool allowed = false;
    by_.outside([&] { allowed = to_.renegotiating(by_peer); });
    return allowed;
}

void late_answers::outside_events::renegotiated() noexcept {
    by_.outside([&] { to_.renegotiated(); });
}

bytes late_answers::outside_events::session_note() noexcept {
    bytes note;
    by_.outside([&] { note = to_.session_note(); });
    return note;
}

bool late_answers::outside_events::resumed(bytes note) noexcept {
    bool allowed = false;
    by_.outside([&] { allowed = to_.resumed(note); });
    return allowed;
}

spi::answer late_answers::outside_events::sign(const spi::signature_request& request) noexcept {
    spi::answer answer{};
    by_.outside([&] { answer = to_.sign(request); });
    return answer;
}

spi::answer late_answers::outside_events::find_psk(const spi::psk_request& request) noexcept {
    spi::answer answer{};
    by_.outside([&] { answer = to_.find_psk(request); });
    return answer;
}

}  // namespace polytls::openssl
