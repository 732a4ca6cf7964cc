#include "through_connection.hpp"

#include <polytls/core/connection.hpp>

#include <array>
#include <chrono>

namespace polytls::bench {
namespace {

moment read_clocks() {
    using std::chrono::duration_cast;
    const auto unix_time = std::chrono::system_clock::now().time_since_epoch();
    const auto monotonic = std::chrono::steady_clock::now().time_since_epoch();
    return {.monotonic = duration_cast<std::chrono::milliseconds>(monotonic),
            .unix_time = duration_cast<std::chrono::seconds>(unix_time)};
}

class connection_end final : public end {
public:
    connection_end(const spi::context& context, const connection_settings& settings, wire over)
        : over_(over), now_(read_clocks()), connection_(context, settings) {}

    bool handshake() override {
        const progress step = connection_.handshake(over_.in.unread(), over_.out, now_);
        take(step);
        return step.next == want::nothing;
    }

    void write(bytes plaintext) override {
        const progress step = connection_.write(plaintext, over_.out, now_);
        require(!step.error && step.consumed == plaintext.size(), "connection::write failed");
    }

    std::size_t read(mutable_bytes plaintext) override {
        const progress step = connection_.read(over_.in.unread(), plaintext, over_.out, now_);
        take(step);
        return step.produced;
    }

    bool resumed() const override { return connection_.facts().resumed; }

    void release_buffers() override { connection_.release_buffers(); }

private:
    void take(const progress& step) {
        require(!step.error, "a step on the connection failed");
        over_.in.consume(step.consumed);
    }

    wire over_;
    moment now_;
    connection connection_;
};

class through_connection final : public contender, private connection_observer {
public:
    through_connection(spi::backend& backend, const job& wanted) : wanted_(wanted) {
        constexpr std::array suites = {cipher_suite_id{0x1302}, cipher_suite_id{0xc02c}};
        constexpr std::array groups = {named_group::x25519, named_group::secp256r1};
        const std::array<bytes, 1> chain = {the_credentials().leaf_der};
        const std::array<bytes, 1> anchors = {the_credentials().ca_der};
        const std::array chains = {spi::certificate_chain{chain}};
        const std::array keys = {
            spi::private_key_source{.data = as_bytes(the_credentials().key_pem)}};
        spi::context_config config{};
        config.trust.anchors = anchors;
        config.protocol = {.versions = {wanted.version, wanted.version},
                           .cipher_suites = suites,
                           .groups = groups};
        require(!backend.make_context(config, client_context_).error, "no context for clients");
        config.identity = {.chains = chains, .keys = keys};
        require(!backend.make_context(config, server_context_).error, "no context for servers");
        server_settings_.side = role::server;
        client_settings_.host = host;
        client_settings_.server_name = host;
        if (wanted.sessions != session_use::none) {
            client_settings_.observer = this;
        }
        resuming_settings_ = client_settings_;
    }

    std::unique_ptr<end> make_server(wire over) override {
        return std::make_unique<connection_end>(*server_context_, server_settings_, over);
    }

    std::unique_ptr<end> make_client(wire over, bool resume) override {
        if (resume) {
            // What is offered has to stay while newer ones come in.
            offered_ = latest_;
            resuming_settings_.session = offered_;
        }
        return std::make_unique<connection_end>(
            *client_context_, resume ? resuming_settings_ : client_settings_, over);
    }

private:
    void session(bytes envelope) noexcept override {
        latest_.assign(envelope.begin(), envelope.end());
    }

    void new_session(bytes /*id*/, bytes /*envelope*/) noexcept override {}

    void key_log(std::string_view /*line*/) noexcept override {}

    status check_identity(std::string_view /*host*/,
                          const x509::certificate_view& /*leaf*/) noexcept override {
        return {};
    }

    void answer_now() noexcept override {}

    job wanted_;
    spi::handle<spi::context> client_context_;
    spi::handle<spi::context> server_context_;
    connection_settings client_settings_{};
    connection_settings resuming_settings_{};
    connection_settings server_settings_{};
    std::vector<std::uint8_t> latest_;
    std::vector<std::uint8_t> offered_;
};

}  // namespace

std::unique_ptr<contender> make_through_connection(spi::backend& backend, const job& wanted) {
    return std::make_unique<through_connection>(backend, wanted);
}

}  // namespace polytls::bench
