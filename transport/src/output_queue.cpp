#include <polytls/transport/detail/output_queue.hpp>

#include <array>
#include <utility>

namespace polytls::detail {
namespace {

// Two empty buffers are kept for each thread, so that a thread's busy streams take turns with them
// instead of asking the heap for each message. Two: one is filled while another is being sent.
thread_local std::array<std::unique_ptr<byte_buffer>, 2> spare_buffers;

std::unique_ptr<byte_buffer> take_buffer() {
    for (auto& spare : spare_buffers) {
        if (spare) {
            return std::move(spare);
        }
    }
    return std::make_unique<byte_buffer>();
}

void give_back(std::unique_ptr<byte_buffer> buffer) noexcept {
    if (!buffer) {
        return;
    }
    buffer->clear();
    for (auto& spare : spare_buffers) {
        if (!spare) {
            spare = std::move(buffer);
            return;
        }
    }
}

}  // namespace

output_queue::~output_queue() {
    give_back(std::move(sending_));
    give_back(std::move(waiting_));
}

byte_sink& output_queue::sink() {
    if (!waiting_) {
        waiting_ = take_buffer();
    }
    return *waiting_;
}

void output_queue::appended() noexcept {
    if (waiting_ && waiting_->empty()) {
        give_back(std::move(waiting_));
    }
}

std::size_t output_queue::size() const noexcept {
    return (sending_ ? sending_->size() : 0) + (waiting_ ? waiting_->size() : 0);
}

bytes output_queue::to_send() noexcept {
    if (!sending_) {
        sending_ = std::move(waiting_);
    }
    return sending_ ? sending_->data() : bytes{};
}

void output_queue::sent(std::size_t count) noexcept {
    sending_->consume(count);
    if (sending_->empty()) {
        give_back(std::move(sending_));
    }
}

}  // namespace polytls::detail
