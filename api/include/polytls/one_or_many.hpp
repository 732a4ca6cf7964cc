#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace polytls {

/// A text or several, as the manual's options take them: `.ca = pem` and `.ca = {first, second}`
/// both work.
class one_or_many : public std::vector<std::string> {
public:
    one_or_many() = default;

    one_or_many(const char* one) : one_or_many(std::string(one)) {}

    one_or_many(std::string_view one) : one_or_many(std::string(one)) {}

    one_or_many(std::string one) { push_back(std::move(one)); }

    one_or_many(std::vector<std::string> many) : std::vector<std::string>(std::move(many)) {}

    one_or_many(std::initializer_list<std::string> many) : std::vector<std::string>(many) {}
};

}  // namespace polytls
