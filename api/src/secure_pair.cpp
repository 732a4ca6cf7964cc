#include "secure_pair_state.hpp"

#include <polytls/secure_pair.hpp>

#include <utility>

namespace polytls {
namespace {

result<std::unique_ptr<endpoint>> make_endpoint(const secure_pair_options& options) {
    const auto& [context, is_server, request_cert, reject_unauthorized, host, protocols, clock] =
        options;
    if (is_server) {
        return endpoint::make(server_settings{.context = context,
                                              .request_cert = request_cert,
                                              .reject_unauthorized = reject_unauthorized,
                                              .alpn_protocols = protocols});
    }
    return endpoint::make(client_settings{.context = context,
                                          .host = host,
                                          .reject_unauthorized = reject_unauthorized,
                                          .alpn_protocols = protocols});
}

}  // namespace

result<secure_pair> create_secure_pair(secure_pair_options options) {
    auto tls = make_endpoint(options);
    if (!tls) {
        return tl::make_unexpected(std::move(tls.error()));
    }
    auto state =
        std::make_shared<detail::secure_pair_state>(*std::move(tls), std::move(options.clock));
    state->start();
    return secure_pair(std::move(state));
}

void secure_pair::on_secure(std::function<void()> call) {
    state_->secure.on(std::move(call));
}

void secure_pair::check_deadline() {
    state_->check_deadline();
}

void secure_pair::destroy() {
    state_->destroy();
}

void cleartext_end::write(bytes plaintext) {
    state_->write(plaintext);
}

void cleartext_end::end() {
    state_->end();
}

void cleartext_end::on_data(std::function<void(bytes)> call) {
    state_->data.on(std::move(call));
}

void cleartext_end::on_end(std::function<void()> call) {
    state_->ended.on(std::move(call));
}

void cleartext_end::on_error(std::function<void(const failure&)> call) {
    state_->failed.on(std::move(call));
}

const endpoint& cleartext_end::details() const noexcept {
    return *state_->tls;
}

void encrypted_end::write(bytes ciphertext) {
    state_->receive(ciphertext);
}

void encrypted_end::end() {
    state_->end_of_input();
}

void encrypted_end::on_data(std::function<void(bytes)> call) {
    state_->ciphertext.on(std::move(call));
    state_->flush();
}

std::uint64_t encrypted_end::bytes_written() const noexcept {
    return state_->made;
}

}  // namespace polytls
