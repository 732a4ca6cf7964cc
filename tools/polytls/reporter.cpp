#include "reporter.hpp"

#include <cstdlib>
#include <unistd.h>

namespace polytls::tool {
namespace {

constexpr const char* red = "\033[31m";
constexpr const char* bold = "\033[1m";
constexpr const char* plain = "\033[0m";

/// Text from a peer may hold bytes that are no UTF-8; what is told always is.
std::string dump(const nlohmann::ordered_json& value) {
    return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

void reporter::event(std::string_view name, unsigned id, const nlohmann::ordered_json& fields) {
    if (!json_) {
        text(name, id, fields);
        return;
    }
    nlohmann::ordered_json line{{"event", name}};
    if (id != 0) {
        line["id"] = id;
    }
    if (fields.is_object()) {
        line.update(fields);
    }
    *out_ << dump(line) << std::endl;
}

void reporter::failed(std::string_view name, unsigned id, const failure& why) {
    event(name, id, {{"error", to_json(why)}});
}

void reporter::text(std::string_view name, unsigned id, const nlohmann::ordered_json& fields) {
    const bool is_error = fields.is_object() && fields.contains("error");
    if (colour_) {
        *out_ << (is_error ? red : bold);
    }
    *out_ << name;
    if (colour_) {
        *out_ << plain;
    }
    if (id != 0) {
        *out_ << " [" << id << ']';
    }
    if (is_error) {
        const auto& error = fields["error"];
        *out_ << "  " << error["code"].get<std::string>() << ": "
              << error["message"].get<std::string>();
    } else if (fields.is_object()) {
        for (const auto& [key, value] : fields.items()) {
            *out_ << "  " << key << '='
                  << (value.is_string() ? value.get<std::string>() : dump(value));
        }
    }
    *out_ << std::endl;
}

nlohmann::ordered_json to_json(const failure& why) {
    nlohmann::ordered_json fields{{"code", why.name()}, {"message", why.message}};
    if (!why.input.empty()) {
        fields["input"] = why.input;
    }
    if (why.alert != alert_description::none) {
        fields["alert"] = name_of(why.alert);
    }
    if (!why.backend.empty()) {
        fields["backend"] = why.backend;
    }
    if (why.native != 0) {
        fields["native"] = {{"number", why.native}, {"text", why.native_text}};
    }
    return fields;
}

bool wants_colour(int descriptor) {
    return isatty(descriptor) == 1 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace polytls::tool
