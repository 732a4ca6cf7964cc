#include "system_error_name.hpp"

#include <polytls/error.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace polytls {
namespace {

class error_category_impl final : public std::error_category {
public:
    const char* name() const noexcept override { return "polytls"; }

    std::string message(int code) const override {
        return std::string(message_of(static_cast<errc>(code)));
    }

    std::error_condition default_error_condition(int code) const noexcept override {
        return make_error_condition(condition_of(static_cast<errc>(code)));
    }
};

std::string_view message_of(condition group) {
    switch (group) {
    case condition::ok:
        return "success";
    case condition::closed:
        return "the connection is closed";
    case condition::truncated:
        return "the connection ended without a proper close";
    case condition::timeout:
        return "it took too long";
    case condition::protocol_error:
        return "the peer broke the protocol";
    case condition::nothing_in_common:
        return "both ends have nothing in common";
    case condition::peer_alert:
        return "the peer sent a fatal alert";
    case condition::not_authorized:
        return "the peer is not who it should be";
    case condition::bad_input:
        return "an input cannot be used";
    case condition::unsupported:
        return "it is not supported here";
    case condition::misuse:
        return "the interface was used against its rules";
    case condition::no_resources:
        return "the machine is out of a resource";
    }
    return "unknown condition";
}

class condition_category_impl final : public std::error_category {
public:
    const char* name() const noexcept override { return "polytls.condition"; }

    std::string message(int group) const override {
        return std::string(message_of(static_cast<condition>(group)));
    }

    // Programs that wait on a network meet the system's own time-outs and shortages beside ours.
    bool equivalent(const std::error_code& code, int group) const noexcept override {
        switch (static_cast<condition>(group)) {
        case condition::timeout:
            if (code == std::errc::timed_out) {
                return true;
            }
            break;
        case condition::no_resources:
            if (code == std::errc::not_enough_memory || code == std::errc::no_buffer_space ||
                code == std::errc::too_many_files_open ||
                code == std::errc::too_many_files_open_in_system) {
                return true;
            }
            break;
        default:
            break;
        }
        return std::error_category::equivalent(code, group);
    }
};

std::string in_capitals(std::string_view name) {
    std::string capitals(name);
    std::transform(capitals.begin(), capitals.end(), capitals.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return capitals;
}

}  // namespace

const std::error_category& error_category() noexcept {
    static const error_category_impl category;
    return category;
}

const std::error_category& condition_category() noexcept {
    static const condition_category_impl category;
    return category;
}

std::error_code make_error_code(errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

std::error_condition make_error_condition(condition group) noexcept {
    return {static_cast<int>(group), condition_category()};
}

std::string failure::name() const {
    if (!code) {
        return {};
    }
    if (code.category() != error_category()) {
        return detail::system_error_name(code);
    }
    switch (const auto known = static_cast<errc>(code.value())) {
    case errc::disconnected_before_secure:
    case errc::socket_hang_up:
        return "ECONNRESET";
    case errc::not_authorized:
        if (verification != verify_code::ok) {
            return std::string(name_of(verification));
        }
        [[fallthrough]];
    default:
        return in_capitals(name_of(known));
    }
}

failure make_failure(errc code) {
    return make_failure(code, std::string(message_of(code)));
}

failure make_failure(errc code, std::string message, std::string input) {
    return make_failure(make_error_code(code), std::move(message), std::move(input));
}

failure make_failure(std::error_code code, std::string message, std::string input) {
    failure made;
    made.code = code;
    made.message = std::move(message);
    made.input = std::move(input);
    return made;
}

error::error(polytls::failure why) : std::system_error(why.code), failure_(std::move(why)) {}

const char* error::what() const noexcept {
    return failure_.message.c_str();
}

}  // namespace polytls
