#include "session_store_calls.hpp"
#include "wipe.hpp"

#include <polytls/core/session_envelope.hpp>
#include <polytls/core/session_note.hpp>
#include <polytls/session_store.hpp>

#include <iterator>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace polytls {

struct memory_session_store::state {
    struct kept {
        std::string id;
        std::vector<std::uint8_t> data;
        std::chrono::seconds expires;

        std::size_t size() const noexcept { return id.size() + data.size(); }
    };

    using place = std::list<kept>::iterator;

    explicit state(memory_session_limits how) noexcept : limits(how) {}

    state(const state&) = delete;
    state& operator=(const state&) = delete;

    ~state() {
        while (!sessions.empty()) {
            drop(sessions.begin());
        }
    }

    void drop(place which) noexcept {
        by_id.erase(which->id);
        by_expiry.erase({which->expires, which->id});
        used -= which->size();
        detail::wipe(which->data);
        sessions.erase(which);
    }

    void drop_expired(moment now) noexcept {
        while (!by_expiry.empty() && by_expiry.begin()->first <= now.unix_time) {
            drop(by_id.at(by_expiry.begin()->second));
        }
    }

    void keep(const session_entry& session, moment now) {
        drop_expired(now);
        if (const auto same = by_id.find(as_text(session.id)); same != by_id.end()) {
            drop(same->second);
        }
        const std::size_t size = session.id.size() + session.data.size();
        if (session.expires <= now.unix_time || size > limits.max_bytes ||
            limits.max_sessions == 0) {
            return;
        }
        while (sessions.size() >= limits.max_sessions || used > limits.max_bytes - size) {
            drop(std::prev(sessions.end()));
        }
        sessions.push_front({.id = std::string(as_text(session.id)),
                             .data = std::vector(session.data.begin(), session.data.end()),
                             .expires = session.expires});
        used += size;
        try {
            const place made = sessions.begin();
            by_id.emplace(made->id, made);
            by_expiry.emplace(made->expires, made->id);
        } catch (...) {
            drop(sessions.begin());
            throw;
        }
    }

    std::vector<std::uint8_t> look_for(bytes id, moment now) {
        drop_expired(now);
        const auto found = by_id.find(as_text(id));
        if (found == by_id.end()) {
            return {};
        }
        sessions.splice(sessions.begin(), sessions, found->second);
        return found->second->data;
    }

    const memory_session_limits limits;
    std::mutex guard;
    std::list<kept> sessions;  // The one looked for last is the first.
    std::unordered_map<std::string_view, place> by_id;
    std::set<std::pair<std::chrono::seconds, std::string_view>> by_expiry;
    std::size_t used = 0;
};

memory_session_store::memory_session_store(memory_session_limits limits)
    : state_(std::make_unique<state>(limits)) {}

memory_session_store::~memory_session_store() = default;

void memory_session_store::put(const session_entry& session,
                               moment now,
                               std::function<void()> done) {
    {
        const std::scoped_lock lock(state_->guard);
        state_->keep(session, now);
    }
    // Without the lock: whoever is answered may come back at once.
    done();
}

void memory_session_store::find(bytes id, moment now, late_answer<std::vector<std::uint8_t>> done) {
    std::vector<std::uint8_t> found;
    {
        const std::scoped_lock lock(state_->guard);
        found = state_->look_for(id, now);
    }
    done(std::move(found));
}

std::size_t memory_session_store::size() const {
    const std::scoped_lock lock(state_->guard);
    return state_->sessions.size();
}

std::size_t memory_session_store::bytes_used() const {
    const std::scoped_lock lock(state_->guard);
    return state_->used;
}

namespace detail {

new_session_callback put_into(std::shared_ptr<session_store> store, const moment& now) {
    return [store = std::move(store), &now](bytes id, bytes data, std::function<void()> done) {
        const auto envelope = decode_session_envelope(data);
        const auto note = envelope ? decode_session_note(envelope->note) : std::nullopt;
        if (note) {
            store->put({.id = id, .data = data, .expires = note->expires}, now, std::move(done));
        } else {
            done();
        }
    };
}

resume_session_callback find_in(std::shared_ptr<session_store> store, const moment& now) {
    return [store = std::move(store), &now](bytes id, late_answer<std::vector<std::uint8_t>> done) {
        store->find(id, now, std::move(done));
    };
}

}  // namespace detail
}  // namespace polytls
