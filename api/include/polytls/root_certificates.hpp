#pragma once

#include <polytls/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace polytls {

/// DER of the certificates trusted when a context names no `ca`: the file named by SSL_CERT_FILE
/// and the directories named by SSL_CERT_DIR (separated by ':') when set, else the system's bundle.
///
/// Read once per process, at the first call, and shared; any thread. `errc::no_root_certificates`
/// says where it looked.
result<std::shared_ptr<const std::vector<std::vector<std::uint8_t>>>> root_certificate_list();

/// The same as PEM texts (manual: tls.rootCertificates); empty when there are none.
std::vector<std::string> root_certificates();

}  // namespace polytls
