#pragma once

#include <polytls/core/cipher_suite_id.hpp>
#include <polytls/core/protocol_version.hpp>
#include <polytls/result.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace polytls {

/// Turns the option `ciphers` into suites in order, by the language of OpenSSL (ciphers(1) of 3.0),
/// alike on every backend: "ECDHE+AESGCM:HIGH:!aNULL:!kRSA:@STRENGTH".
///
/// Words are separated by ':', ',', ';' or ' '. Each is the name of a suite, OpenSSL's or IANA's,
/// or of a group ("HIGH", "ECDHE", "AESGCM", "kRSA", "aRSA", "SHA256", …), or several joined by
/// '+', of all of which a suite has to be. It adds the suites not chosen yet; with '-' before it,
/// it takes them out again; with '!', for good; with '+', it moves those chosen to the end.
/// "@STRENGTH" sorts what is chosen by the length of keys, "@SECLEVEL=2" leaves out what that level
/// of OpenSSL's forbids. Contexts keep that level for keys and digests, and no other can be had.
/// Groups whose suites are gone ("EXP", "DES", "GOST", …) are empty.
///
/// The result has the suites and the order of OpenSSL, whatever the backend, less those that are
/// not in `available` (what the backend can negotiate) or that none of `versions` can use. What
/// differs from OpenSSL:
/// - "DEFAULT" is the safe part of `available`, forward secret AEAD, in the order of `available`:
///   what is fast on the backend first. Where `versions` reach below TLS 1.2, which brought AEAD,
///   it ends with the forward secret AES suites of before. It may stand anywhere, and
///   "COMPLEMENTOFDEFAULT" is the rest of "ALL".
/// - A suite that is anonymous, does not encrypt, or has RC4 or MD5 is chosen only when a word that
///   adds it is about that: its own name, "aNULL", "ADH", "AECDH", "eNULL", "COMPLEMENTOFALL",
///   "RC4", "MD5". "HIGH" and "ALL" bring none of them.
/// - Suites of TLS 1.3 may be named like the others. Groups, other than "DEFAULT", are not about
///   them. A list that adds none has the safe ones of `available`, as OpenSSL has a list of its own
///   for them; '!', '-' and '+' work on either. They come first in the result.
/// - A word that means nothing is an error, where OpenSSL passes over it.
///
/// `errc::unknown_cipher` names a word that is no suite, group or command; `errc::invalid_argument`
/// one that contexts do not offer (other security levels, "SUITEB128" and the like);
/// `errc::no_cipher_match` when nothing is left.
result<std::vector<cipher_suite_id>> parse_cipher_list(std::string_view list,
                                                       std::span<const cipher_suite_id> available,
                                                       version_range versions = {});

}  // namespace polytls
