#pragma once

#include <polytls/byte_buffer.hpp>

#include <cstddef>
#include <memory>

namespace polytls::detail {

/// Ciphertext on its way to the next layer, in the order in which it was made. What is being sent
/// stays where it is while more is added behind. Holds no memory while it is empty.
class output_queue {
public:
    output_queue() = default;
    ~output_queue();
    output_queue(const output_queue&) = delete;
    output_queue& operator=(const output_queue&) = delete;

    /// Where the connection is to append during one step; `appended` ends the step.
    byte_sink& sink();

    void appended() noexcept;

    bool empty() const noexcept { return size() == 0; }

    std::size_t size() const noexcept;

    /// The bytes to send next; not to be called while an earlier result is being sent.
    bytes to_send() noexcept;

    /// Says that the first `count` bytes of `to_send` have left.
    void sent(std::size_t count) noexcept;

private:
    std::unique_ptr<byte_buffer> sending_;
    std::unique_ptr<byte_buffer> waiting_;
};

}  // namespace polytls::detail
