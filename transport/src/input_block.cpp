#include <polytls/transport/detail/input_block.hpp>

#include <utility>

namespace polytls::detail {
namespace {

// One block that no stream uses is kept for each thread, so that a thread's busy streams take turns
// with it instead of asking the heap for each message.
thread_local std::unique_ptr<std::uint8_t[]> spare_block;

}  // namespace

mutable_bytes input_block::room() {
    if (!memory_ && capacity_ == large) {
        memory_ = std::move(spare_block);
    }
    if (!memory_) {
        memory_.reset(new std::uint8_t[capacity_]);
    }
    return {memory_.get(), capacity_};
}

void input_block::release() noexcept {
    begin_ = end_ = 0;
    if (capacity_ == large && memory_ && !spare_block) {
        spare_block = std::move(memory_);
    }
    memory_.reset();
}

}  // namespace polytls::detail
