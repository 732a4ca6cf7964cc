#pragma once

#include <openssl/opensslv.h>

/// The one place that knows of OpenSSL's versions. 3.0 to 3.5 differ in nothing that is used here;
/// older ones are told apart at build time rather than by a puzzling error.
#if OPENSSL_VERSION_NUMBER < 0x30000000L
#error "polytls needs OpenSSL 3.0 or later"
#endif
