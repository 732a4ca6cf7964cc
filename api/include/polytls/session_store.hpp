#pragma once

#include <polytls/core/bytes.hpp>
#include <polytls/core/moment.hpp>
#include <polytls/late_answer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace polytls {

/// A session that a server has made.
struct session_entry {
    bytes id{};    ///< At most 32 bytes, random.
    bytes data{};  ///< Opens the session to whoever has it: a secret.
    /// When it is over, since 1970: it may be forgotten then, and would not be resumed.
    std::chrono::seconds expires{0};
};

/// Where servers keep their sessions (`server_settings::session_store`): in memory, in a data base
/// that many processes share, ….
///
/// Each server calls on its own thread, and is answered there, at once or later (`late_answer`). A
/// store that servers of several threads share has to bear that. Views end with the call.
class session_store {
public:
    session_store() = default;
    virtual ~session_store() = default;
    session_store(const session_store&) = delete;
    session_store& operator=(const session_store&) = delete;

    /// Keeps a session, instead of one of the same id. `done` says that it can be found, and holds
    /// back all data of its connection until then; also when it was not kept, which only costs a
    /// full handshake later.
    virtual void put(const session_entry& session, moment now, std::function<void()> done) = 0;

    /// Answers with the `data` of an id; with nothing in it when there is none, which leads to a
    /// full handshake, as do sessions that are over, or that somebody has changed. A failure ends
    /// the connection.
    virtual void find(bytes id, moment now, late_answer<std::vector<std::uint8_t>> done) = 0;
};

/// How much a `memory_session_store` keeps. A session takes 0.2 to 3 KB, more with the client's
/// certificates; under TLS 1.3 a connection may make several.
struct memory_session_limits {
    std::size_t max_sessions = 20'480;
    std::size_t max_bytes = std::size_t{32} << 20U;  ///< Of ids and data.
};

/// Sessions in memory, for the servers of one process. Answers at once.
///
/// Holds no more than its limits: sessions that are over go first, then those that were not looked
/// for the longest. A session larger than all of `max_bytes` is not kept. What is dropped is
/// overwritten. Used by any number of threads.
class memory_session_store final : public session_store {
public:
    explicit memory_session_store(memory_session_limits limits = {});
    ~memory_session_store() override;

    void put(const session_entry& session, moment now, std::function<void()> done) override;
    void find(bytes id, moment now, late_answer<std::vector<std::uint8_t>> done) override;

    /// How many sessions there are; those count that are over and that no call has dropped yet.
    std::size_t size() const;

    /// Bytes of their ids and data.
    std::size_t bytes_used() const;

private:
    struct state;

    std::unique_ptr<state> state_;
};

}  // namespace polytls
