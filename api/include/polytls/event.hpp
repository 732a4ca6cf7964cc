#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace polytls {

/// The listeners of one event, called in the order they came. Used by one thread at a time.
///
/// Listeners may add and remove listeners, and clear the event, while they are called: those added
/// then hear the next emission, those removed nothing more.
template <class... Args>
class event {
public:
    using listener = std::function<void(Args...)>;

    /// Tells one listener from the others, for `remove`.
    enum class id : std::uint64_t {};

    id on(listener call) { return add(std::move(call), false); }

    /// Adds a listener that is removed before its first call.
    id once(listener call) { return add(std::move(call), true); }

    void remove(id which) noexcept {
        std::erase_if(entries_, [which](const auto& held) { return held->which == which; });
    }

    /// Releases every listener, and all they hold.
    void clear() noexcept {
        // Moved out first: destroying a listener may run code that comes back here.
        const auto released = std::exchange(entries_, {});
    }

    bool empty() const noexcept { return entries_.empty(); }

    std::size_t size() const noexcept { return entries_.size(); }

    /// Calls every listener. What a listener throws passes through, and ends the emission.
    void emit(Args... args) {
        const auto called = entries_;
        for (const auto& held : called) {
            if (std::find(entries_.begin(), entries_.end(), held) == entries_.end()) {
                continue;
            }
            if (held->only_once) {
                remove(held->which);
            }
            held->call(args...);
        }
    }

private:
    struct entry {
        id which;
        listener call;
        bool only_once;
    };

    id add(listener call, bool only_once) {
        const id which{++last_};
        entries_.push_back(std::make_shared<entry>(entry{which, std::move(call), only_once}));
        return which;
    }

    std::vector<std::shared_ptr<entry>> entries_;
    std::uint64_t last_ = 0;
};

}  // namespace polytls
