#pragma once

#include <polytls/error.hpp>
#include <polytls/result.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace polytls {

/// The `done` of a question that may be answered at once or at any later time. Copies answer the
/// same question; the first answer counts, later ones are ignored, as is one that comes after the
/// connection has gone. To be called on the connection's thread.
template <class T>
class late_answer {
public:
    explicit late_answer(std::function<void(result<T>)> deliver)
        : deliver_(std::make_shared<std::function<void(result<T>)>>(std::move(deliver))) {}

    /// Answers.
    void operator()(T value) const { answer(std::move(value)); }

    /// Refuses: the handshake ends with this error.
    void operator()(failure why) const { answer(tl::make_unexpected(std::move(why))); }

private:
    void answer(result<T> outcome) const {
        if (const auto deliver = std::exchange(*deliver_, nullptr)) {
            deliver(std::move(outcome));
        }
    }

    std::shared_ptr<std::function<void(result<T>)>> deliver_;
};

}  // namespace polytls
