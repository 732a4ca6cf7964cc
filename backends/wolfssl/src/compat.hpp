#pragma once

// How the library was built comes before all else of it.
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <wolfssl/version.h>

/// The one place that knows of wolfSSL's versions.
#if LIBWOLFSSL_VERSION_HEX < 0x05005000
#error "polytls needs wolfSSL 5.5 or later"
#endif

#if !defined(OPENSSL_EXTRA) || !defined(WOLFSSL_TLS13) || !defined(HAVE_EX_DATA) ||                \
    !defined(HAVE_SESSION_TICKET) || !defined(HAVE_EXT_CACHE)
#error "polytls needs a wolfSSL with its OpenSSL layer, TLS 1.3 and sessions, as Debian builds it"
#endif

namespace polytls::wolfssl {

/// Where in a ticket's plain text wolfSSL keeps a name of its own for the session, and its size.
inline constexpr unsigned ticket_name_at = 76;
inline constexpr unsigned ticket_name_size = 32;

/// How long a ticket may be, in bytes, that wolfSSL takes for one of its own.
#if LIBWOLFSSL_VERSION_HEX >= 0x05006000
inline constexpr unsigned longest_ticket = 239;
#else
inline constexpr unsigned longest_ticket = 206;
#endif

}  // namespace polytls::wolfssl
