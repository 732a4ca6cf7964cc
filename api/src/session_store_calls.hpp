#pragma once

#include <polytls/core/moment.hpp>
#include <polytls/endpoint_settings.hpp>
#include <polytls/session_store.hpp>

#include <memory>

namespace polytls::detail {

/// The callbacks by which a server's sessions go into a store and are found there. `now` is read
/// with each call and must outlive them.
new_session_callback put_into(std::shared_ptr<session_store> store, const moment& now);
resume_session_callback find_in(std::shared_ptr<session_store> store, const moment& now);

}  // namespace polytls::detail
