#pragma once

#include <string_view>

/// Certificates and keys in every form that inputs come in. Made by
///   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500
///       -keyout root.key -out root.crt -subj "/CN=Test Root"
/// and the same for leaf.key, leaf.crt and "/CN=leaf.test";
///   openssl pkcs8 -topk8 -in leaf.key -passout "pass:correct horse battery"
///   openssl ec -in leaf.key -aes128 -passout "pass:correct horse battery"
///   openssl x509 -in root.crt -trustout
namespace polytls::testkit {

inline constexpr std::string_view sample_passphrase = "correct horse battery";

inline constexpr std::string_view sample_root_certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBfjCCASWgAwIBAgIUCo3U9UCqpwteQiGbRq2Cnry+fZIwCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJVGVzdCBSb290MCAXDTI2MTEyMzE2MzQ0N1oYDzIxMjYxMDMw\n"
    "MTYzNDQ3WjAUMRIwEAYDVQQDDAlUZXN0IFJvb3QwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAATd2wEMWAr4Q51fMaeejZ2fe6xeLlNcev5nja3CvBgdtoUAbFeY0v32\n"
    "l+6BDuVb2DEIuB8Qs6ORFXYaQOmW6sHno1MwUTAdBgNVHQ4EFgQUyRVKc/Dul5tu\n"
    "QZQa89kDpSwrXEgwHwYDVR0jBBgwFoAUyRVKc/Dul5tuQZQa89kDpSwrXEgwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBNaxbxRXn7VmiklncRDAVc\n"
    "yj8sl+xvPcxEOcSJZxrByQIgdOu6U+ebmX1KyS71k6ADASfudN9M5NImZT0U4A5T\n"
    "Y88=\n"
    "-----END CERTIFICATE-----\n";

inline constexpr std::string_view sample_leaf_certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBfzCCASWgAwIBAgIUMHCY2PiqYlBnr98xDLqkM7EJiF4wCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJbGVhZi50ZXN0MCAXDTI2MTEyMzE2MzQ0N1oYDzIxMjYxMDMw\n"
    "MTYzNDQ3WjAUMRIwEAYDVQQDDAlsZWFmLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAATBZEdxGQbR//2gzwapMz0CfQA6WWx/IRVD/FYiLWv6CfGSigaSI0bS\n"
    "hgcN+gW95SMxIE3ZhCz4nXPxJjJXk5a8o1MwUTAdBgNVHQ4EFgQU+cV61bHrVCyC\n"
    "Bv/uQfk+wt4csTUwHwYDVR0jBBgwFoAU+cV61bHrVCyCBv/uQfk+wt4csTUwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA9HzDCWOuxEz9jYV1BQZr\n"
    "jmi8fUi74XtfNB1u9asFXNkCIB0HZKzsGnzp/YevAh3ullDvWce7IXSO6XiOlVHV\n"
    "wFO+\n"
    "-----END CERTIFICATE-----\n";

/// Of an Ed25519 key, which is of another type than the leaf's.
inline constexpr std::string_view sample_ed25519_certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBOjCB7aADAgECAhQPd991enW9dX7UvVzg+f6RIdlVuTAFBgMrZXAwFTETMBEG\n"
    "A1UEAwwKb3RoZXIudGVzdDAgFw0yNjExMjMyMjA5MjhaGA8yMTI2MTAzMDIyMDky\n"
    "OFowFTETMBEGA1UEAwwKb3RoZXIudGVzdDAqMAUGAytlcAMhAOtEvNEjzGlwmUyT\n"
    "EAtndnPlt34GFUY9Mnq+YXx3ie6eo00wSzAdBgNVHQ4EFgQUz0pXvEjIAiVtWPq3\n"
    "VE7QgDvsQfMwHwYDVR0jBBgwFoAUz0pXvEjIAiVtWPq3VE7QgDvsQfMwCQYDVR0T\n"
    "BAIwADAFBgMrZXADQQDHK2xMtu5FA4mP7WK+leqDlGjpDZGMklMACqO8SP5ZtOzw\n"
    "P2FlMzNrk/EhgGn1cC6MoPJkuZcIboznjg2+H80C\n"
    "-----END CERTIFICATE-----\n";

inline constexpr std::string_view sample_leaf_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQglEFTGEUmw7U06HzC\n"
    "XPuHH/aHrfN8i1eRPULWfcXaHkOhRANCAATBZEdxGQbR//2gzwapMz0CfQA6WWx/\n"
    "IRVD/FYiLWv6CfGSigaSI0bShgcN+gW95SMxIE3ZhCz4nXPxJjJXk5a8\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view sample_encrypted_leaf_key =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjYEN2r/xrd7gICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEMtVAP5CsnfrsnJ/9f/RgaMEgZDY\n"
    "E9agLLFiPvKvwfZhoFqLrP7/C56lvZcHidz3KLFppJRoNeYKsntK/HZerz5sk3+4\n"
    "9p8kv8/gn5/j1vJOBqpHBBZT+9M+AYEBkj1XwkpR39EJd+vkl48OGrMfJ1+v1fb6\n"
    "yTXM0dkvIfnu/DNRNiL48hf5WLJjQhZunU/SZnBbE3ysoYTNwP3icMJxerWNCfs=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

inline constexpr std::string_view sample_traditional_encrypted_leaf_key =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "Proc-Type: 4,ENCRYPTED\n"
    "DEK-Info: AES-128-CBC,C97BE59E24735206BC7AFDC4D33D38D1\n"
    "\n"
    "KPY7kjzwSujW+OHhvdX3xmfiZoln3tLYocJTZND4pmM0E9uNCFVL+WK9pU5nADxz\n"
    "w+ByS0EIt+nlAUYU5Zyo0oUsfHxYtdKig95grk0BZgoIrEF7VlnfJnLge/J08qwp\n"
    "+VGlQgoyBf2uJfF+jtu7mUHCQoFa8wmCaWEoJWCNjLk=\n"
    "-----END EC PRIVATE KEY-----\n";

inline constexpr std::string_view sample_trusted_root_certificate =
    "-----BEGIN TRUSTED CERTIFICATE-----\n"
    "MIIBfjCCASWgAwIBAgIUCo3U9UCqpwteQiGbRq2Cnry+fZIwCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJVGVzdCBSb290MCAXDTI2MTEyMzE2MzQ0N1oYDzIxMjYxMDMw\n"
    "MTYzNDQ3WjAUMRIwEAYDVQQDDAlUZXN0IFJvb3QwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAATd2wEMWAr4Q51fMaeejZ2fe6xeLlNcev5nja3CvBgdtoUAbFeY0v32\n"
    "l+6BDuVb2DEIuB8Qs6ORFXYaQOmW6sHno1MwUTAdBgNVHQ4EFgQUyRVKc/Dul5tu\n"
    "QZQa89kDpSwrXEgwHwYDVR0jBBgwFoAUyRVKc/Dul5tuQZQa89kDpSwrXEgwDwYD\n"
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBNaxbxRXn7VmiklncRDAVc\n"
    "yj8sl+xvPcxEOcSJZxrByQIgdOu6U+ebmX1KyS71k6ADASfudN9M5NImZT0U4A5T\n"
    "Y88=\n"
    "-----END TRUSTED CERTIFICATE-----\n";

}  // namespace polytls::testkit
