#pragma once

#include <polytls/core/alert.hpp>
#include <polytls/core/moment.hpp>
#include <polytls/core/verdict.hpp>

namespace polytls::spi {

/// What is to happen with a peer: it is let in, or refused with this alert.
struct peer_judgement {
    bool accept = false;
    alert_description alert = alert_description::none;
};

/// Who decides on a peer whose chain a library has examined.
class peer_judge {
public:
    /// The time by which the library is to judge dates.
    virtual moment now() const noexcept = 0;

    /// Asks what to do with the peer. Who asks obeys: it neither accepts a peer that is refused
    /// here nor refuses one that is accepted.
    virtual peer_judgement judge_peer(const peer_findings& findings) noexcept = 0;

protected:
    ~peer_judge() = default;
};

}  // namespace polytls::spi
