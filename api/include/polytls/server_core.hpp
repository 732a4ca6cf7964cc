#pragma once

#include <polytls/endpoint.hpp>
#include <polytls/sni_table.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <string_view>

namespace polytls {

/// A server without sockets: its policy, its contexts by name, and the count of its connections.
/// `server` adds the listening; another transport would need no more than this.
///
/// Used by one thread at a time. Endpoints it made go on when it changes or is gone.
class server_core {
public:
    /// `settings.sni_callback`, when set, is asked instead of the table.
    explicit server_core(server_settings settings);

    /// Makes one connection's end, or says why not.
    result<std::unique_ptr<endpoint>> make_endpoint() const;

    /// New connections get this context; standing ones keep theirs.
    void set_secure_context(secure_context context);

    /// The keys that tickets of new connections are made and opened with (manual: getTicketKeys):
    /// those set here, else the context's.
    polytls::ticket_keys ticket_keys() const;

    /// New connections use these 48 bytes (manual: setTicketKeys); tickets made before lead to a
    /// full handshake. `errc::invalid_argument` for another size.
    result<void> set_ticket_keys(bytes keys);

    /// The policy of connections that are made from now on.
    server_settings& settings() noexcept { return settings_; }

    /// As `sni_table::add`; connections made from now on see it, and those still shaking hands.
    result<void> add_context(std::string_view hostname, secure_context context);
    bool remove_context(std::string_view hostname);

    /// Connections above this number are to be dropped.
    std::size_t max_connections = std::numeric_limits<std::size_t>::max();

    /// Counts a connection in, unless there are `max_connections` already.
    bool try_open() noexcept;

    void closed() noexcept { --connections_; }

    std::size_t connections() const noexcept { return connections_; }

private:
    server_settings settings_;
    std::shared_ptr<sni_table> table_;
    std::size_t connections_ = 0;
};

}  // namespace polytls
