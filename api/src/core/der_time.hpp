#pragma once

#include <polytls/core/x509.hpp>

namespace polytls::x509 {

/// Reads a UTCTime or GeneralizedTime in the form RFC 5280, section 4.1.2.5, asks for (seconds,
/// "Z"). False for any other.
bool read_time(const der_element& element, std::chrono::seconds& time) noexcept;

}  // namespace polytls::x509
