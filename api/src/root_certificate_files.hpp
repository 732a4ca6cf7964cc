#pragma once

#include <polytls/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace polytls::detail {

using certificate_list = std::vector<std::vector<std::uint8_t>>;

/// Where root certificates may be.
struct root_certificate_places {
    std::vector<std::string> files{};
    std::vector<std::string> directories{};
    bool first_only = false;  ///< The first place with a certificate counts, not all of them.
};

/// The places that SSL_CERT_FILE and SSL_CERT_DIR name; where neither is set, the system's.
root_certificate_places usual_root_certificate_places();

/// Reads DER of the certificates in these places, each of them once, files first. What cannot be
/// read is passed over; `errc::no_root_certificates` names the places when none is found.
result<certificate_list> read_root_certificates(const root_certificate_places& places);

}  // namespace polytls::detail
