#pragma once

#include "link.hpp"
#include "signer.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace polytls::contract {

/// Has a certificate's key, and signs with it when told to.
class key_holder {
public:
    explicit key_holder(const credential& who) : who_(who) {}

    /// Answers an end's engine.
    void serve(end& one) {
        one.events.signer = [this](const spi::signature_request& request) {
            return answer(request);
        };
    }

    bool answers = true;  ///< Else it puts them off.
    bool refuses = false;
    std::function<void()> on_call{};

    int asked = 0;
    std::optional<signature_scheme> scheme{};
    buffer certificate{};
    bool at_once = false;

private:
    spi::answer answer(const spi::signature_request& request) {
        ++asked;
        scheme = request.scheme;
        certificate = copy_of(request.certificate);
        at_once = request.at_once;
        if (refuses) {
            return {};
        }
        if (!answers) {
            return {.state = spi::answer_state::later};
        }
        if (on_call) {
            on_call();
        }
        signature_ = testkit::sign(who_, request.scheme, request.input);
        return {.state = spi::answer_state::given, .data = signature_};
    }

    credential who_;
    buffer signature_{};
};

/// A server's: knows keys by their identities.
class key_store {
public:
    explicit key_store(std::map<std::string, buffer> keys) : keys_(std::move(keys)) {}

    /// Has an end use pre-shared keys, and answers its engine.
    void serve(end& one) {
        one.config.pre_shared_keys = true;
        one.events.psk_finder = [this](const spi::psk_request& request) { return find(request); };
    }

    bool answers = true;  ///< Else it puts them off.
    bool refuses = false;
    std::vector<std::string> asked{};

private:
    spi::answer find(const spi::psk_request& request) {
        if (refuses) {
            return {};
        }
        if (!answers) {
            return {.state = spi::answer_state::later};
        }
        asked.emplace_back(as_text(request.about));
        const auto found = keys_.find(asked.back());
        return {.state = spi::answer_state::given,
                .data = found == keys_.end() ? bytes{} : bytes(found->second)};
    }

    std::map<std::string, buffer> keys_;
};

/// A client's key.
class own_key {
public:
    own_key(std::string identity, buffer key)
        : identity_(std::move(identity)), key_(std::move(key)) {}

    void serve(end& one) {
        one.config.pre_shared_keys = true;
        one.events.psk_finder = [this](const spi::psk_request& request) {
            hints.emplace_back(as_text(request.about));
            return spi::answer{
                .state = spi::answer_state::given, .data = key_, .identity = as_bytes(identity_)};
        };
    }

    std::vector<std::string> hints{};

private:
    std::string identity_;
    buffer key_;
};

/// A recipe that neither shows nor trusts anybody.
inline context_recipe anonymous(version_range versions) {
    return {.anchors = {}, .versions = versions};
}

}  // namespace polytls::contract
