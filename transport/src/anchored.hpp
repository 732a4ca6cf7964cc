#pragma once

#include <memory>
#include <utility>

namespace polytls::detail {

/// A handler that keeps its state alive, for as long as it waits. An event loop that is destroyed
/// before drops it uncalled; the state is then abandoned, so that listeners which hold a handle on
/// it are let go and nothing leaks.
template <class State, class Call>
class anchored {
public:
    anchored(std::shared_ptr<State> state, Call call)
        : state_(std::move(state)), call_(std::move(call)) {}

    anchored(anchored&&) noexcept = default;
    anchored& operator=(anchored&&) = delete;

    ~anchored() {
        if (state_) {
            state_->abandon();
        }
    }

    template <class... Args>
    void operator()(Args&&... args) {
        const auto state = std::move(state_);
        call_(*state, std::forward<Args>(args)...);
    }

private:
    std::shared_ptr<State> state_;
    Call call_;
};

}  // namespace polytls::detail
