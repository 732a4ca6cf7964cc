#pragma once

#include "link.hpp"

#include <gtest/gtest.h>

namespace polytls::contract {

/// Tests of resumption.
class over_sessions : public over_versions {
protected:
    static context_recipe recipe() { return showing(leaf(), range()); }

    /// A session of a first connection.
    static buffer first_session(const spi::context& both) {
        link first;
        first.run(both, both);
        EXPECT_FALSE(first.client.events.sessions.empty());
        return first.client.events.sessions.empty() ? buffer{}
                                                    : first.client.events.sessions.back();
    }

    /// A link whose client asks to resume a session, which is kept beside it.
    link resuming(const buffer& session) {
        offered_ = session;
        link second;
        second.client.config.session = offered_;
        return second;
    }

private:
    buffer offered_{};
};

}  // namespace polytls::contract
