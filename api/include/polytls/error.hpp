#pragma once

#include <polytls/core/alert.hpp>
#include <polytls/core/status.hpp>
#include <polytls/core/verify_code.hpp>

#include <cstdint>
#include <string>
#include <system_error>

namespace polytls {

/// The category of `errc` as std::error_code; its name is "polytls".
const std::error_category& error_category() noexcept;

/// The category of `condition`; its name is "polytls.condition".
const std::error_category& condition_category() noexcept;

std::error_code make_error_code(errc code) noexcept;
std::error_condition make_error_condition(condition group) noexcept;

/// What went wrong, in full: for logs and for people. Programs branch on `code`, best against a
/// `condition` (`f.code == condition::not_authorized`).
///
/// No key, passphrase or session ever appears in one.
struct failure {
    std::error_code code{};  ///< An `errc`, or the system's or Asio's error for the network.
    std::string message{};   ///< One sentence that names the input at fault, no full stop.
    std::string input{};     ///< The input at fault: "key[0]", "ciphers", a file's path, …
    verify_code verification = verify_code::ok;         ///< The verdict, where a peer was refused.
    alert_description alert = alert_description::none;  ///< The alert sent or received.
    std::string backend{};          ///< "openssl"; empty when no backend had a part in it.
    std::string backend_version{};  ///< "3.0.19".
    std::int32_t native = 0;        ///< The library's own number; 0 where it had none.
    std::string native_text{};      ///< The library's own text for it.

    /// The name by which the manual's `err.code` knows the error: "CERT_HAS_EXPIRED",
    /// "ALTNAME_INVALID", "ECONNREFUSED", "ECONNRESET" for a hang-up in the handshake; otherwise
    /// the `errc` in capitals. Empty where nothing went wrong.
    std::string name() const;
};

/// A failure of one of polytls's own codes, with the code's own sentence.
failure make_failure(errc code);

/// The same with a sentence that says more, and the input at fault.
failure make_failure(errc code, std::string message, std::string input = {});

/// A failure of the system's or Asio's.
failure make_failure(std::error_code code, std::string message, std::string input = {});

/// Thrown by `value_of`; `what()` is the failure's message.
class error : public std::system_error {
public:
    explicit error(polytls::failure why);

    const char* what() const noexcept override;

    const polytls::failure& failure() const noexcept { return failure_; }

private:
    polytls::failure failure_;
};

}  // namespace polytls

template <>
struct std::is_error_code_enum<polytls::errc> : std::true_type {};

template <>
struct std::is_error_condition_enum<polytls::condition> : std::true_type {};
