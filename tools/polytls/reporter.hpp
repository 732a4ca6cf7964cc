#pragma once

#include <polytls/error.hpp>

#include <nlohmann/json.hpp>

#include <ostream>
#include <string_view>

namespace polytls::tool {

/// Tells what happens: one JSON object a line for programs, or text for people, coloured on a
/// terminal. Event names are the documented ones ("secureConnect", "clientError", …).
class reporter {
public:
    /// Events go to `out`; as text only when `json` is false.
    reporter(std::ostream& out, bool json, bool colour) noexcept
        : out_(&out), json_(json), colour_(colour) {}

    bool json() const noexcept { return json_; }

    /// Tells an event of connection `id` (0: of the program itself) with what belongs to it.
    void event(std::string_view name, unsigned id, const nlohmann::ordered_json& fields = {});

    /// Tells an event that is a failure.
    void failed(std::string_view name, unsigned id, const failure& why);

private:
    void text(std::string_view name, unsigned id, const nlohmann::ordered_json& fields);

    std::ostream* out_;
    bool json_;
    bool colour_;
};

/// A failure as JSON events carry it: code, message, and backend and native number where there are
/// any.
nlohmann::ordered_json to_json(const failure& why);

/// Whether a file descriptor is a terminal that wants colour.
bool wants_colour(int descriptor);

}  // namespace polytls::tool
