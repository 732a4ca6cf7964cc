#pragma once

#include "compat.hpp"

#include <polytls/core/alert.hpp>
#include <polytls/core/byte_sink.hpp>
#include <polytls/core/bytes.hpp>
#include <polytls/core/status.hpp>

namespace polytls::mbedtls {

/// The wire as an engine sees it during one call: what came from the peer, and where to put what
/// goes to it. mbedTLS reads and writes here without a buffer in between.
class wire {
public:
    void begin(bytes input, byte_sink& output) noexcept;
    void end() noexcept;

    std::size_t consumed() const noexcept { return consumed_; }

    bool has_input() const noexcept { return consumed_ < input_.size(); }

    /// An alert has gone out in this call; which one can be told only of those in the clear.
    bool alert_sent() const noexcept { return alert_sent_; }

    alert_description alert() const noexcept { return alert_; }

    /// As mbedTLS's callbacks want it.
    int receive(unsigned char* data, std::size_t size) noexcept;
    int send(const mbedtls_ssl_context& ssl, const unsigned char* data, std::size_t size) noexcept;

private:
    bytes input_{};
    std::size_t consumed_ = 0;
    byte_sink* output_ = nullptr;
    alert_description alert_ = alert_description::none;
    bool alert_sent_ = false;
    bool within_record_ = false;  // A part of one has gone out.
};

/// What is wrong with the header of a record, if anything is.
status fault_of_header(bytes header) noexcept;

}  // namespace polytls::mbedtls
