#pragma once

#include <polytls/byte_buffer.hpp>
#include <polytls/endpoint.hpp>
#include <polytls/event.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace polytls::detail {

/// What both ends of a secure pair share.
class secure_pair_state : public std::enable_shared_from_this<secure_pair_state> {
public:
    secure_pair_state(std::unique_ptr<endpoint> end, std::function<moment()> now)
        : tls(std::move(end)), clock(std::move(now)) {}

    /// Makes a client's first ciphertext.
    void start();
    void receive(bytes data_from_peer);
    void end_of_input();
    void write(bytes plaintext);
    void end();
    void check_deadline();
    void destroy();

    /// Tells the ciphertext that waits, if somebody listens.
    void flush();

    std::unique_ptr<endpoint> tls;
    std::function<moment()> clock;
    event<> secure;
    event<bytes> data;
    event<> ended;
    event<const failure&> failed;
    event<bytes> ciphertext;
    std::uint64_t made = 0;  // Ciphertext, in bytes.

private:
    void work();
    void shake_hands();
    void read();
    void write_queued();
    void fail(const failure& why);
    bool done() const noexcept;
    void release_listeners() noexcept;

    byte_buffer input_;
    byte_buffer queued_;
    byte_buffer output_;
    // Within a call: what listeners bring in is worked on after they return.
    bool working_ = false;
    bool again_ = false;  // Something came in meanwhile.
    bool secure_told_ = false;
    bool ending_ = false;
    bool close_sent_ = false;
    bool input_ended_ = false;
    bool read_ended_ = false;
    bool failed_ = false;
    bool destroyed_ = false;
};

}  // namespace polytls::detail
