#pragma once

#include <polytls/error.hpp>

#include <tl/expected.hpp>

#include <utility>

namespace polytls {

/// A value, or why there is none.
template <class T>
using result = tl::expected<T, failure>;

/// Returns the value, or throws `polytls::error` with the failure: for programs that use
/// exceptions.
template <class T>
T value_of(result<T> outcome) {
    if (!outcome) {
        throw error(std::move(outcome.error()));
    }
    return *std::move(outcome);
}

}  // namespace polytls
