#include "ticket_keys_input.hpp"

#include <polytls/server_core.hpp>

#include <utility>

namespace polytls {

server_core::server_core(server_settings settings)
    : settings_(std::move(settings)), table_(std::make_shared<sni_table>()) {
    if (!settings_.sni_callback) {
        settings_.sni_callback = [table = table_](std::string_view servername,
                                                  const late_answer<secure_context>& done) {
            done(table->find(servername));
        };
    }
}

result<std::unique_ptr<endpoint>> server_core::make_endpoint() const {
    return endpoint::make(settings_);
}

void server_core::set_secure_context(secure_context context) {
    settings_.context = std::move(context);
}

ticket_keys server_core::ticket_keys() const {
    return settings_.ticket_keys ? *settings_.ticket_keys : settings_.context.ticket_keys();
}

result<void> server_core::set_ticket_keys(bytes keys) {
    auto checked = detail::check_ticket_keys(keys);
    if (!checked) {
        return tl::make_unexpected(std::move(checked.error()));
    }
    settings_.ticket_keys = *checked;
    return {};
}

result<void> server_core::add_context(std::string_view hostname, secure_context context) {
    return table_->add(hostname, std::move(context));
}

bool server_core::remove_context(std::string_view hostname) {
    return table_->remove(hostname);
}

bool server_core::try_open() noexcept {
    if (connections_ >= max_connections) {
        return false;
    }
    ++connections_;
    return true;
}

}  // namespace polytls
