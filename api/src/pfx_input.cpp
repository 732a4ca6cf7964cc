#include "identity_input.hpp"
#include "input_text.hpp"
#include "native_text.hpp"
#include "wipe.hpp"

#include <polytls/spi/backend.hpp>

#include <exception>
#include <utility>

namespace polytls::detail {
namespace {

/// Copies what a file holds, leaf first.
class collector final : public spi::pkcs12_contents {
public:
    void key(bytes der) noexcept override { keep(der, into_key.der); }

    void certificate(bytes der) noexcept override {
        std::vector<std::uint8_t> copy;
        keep(der, copy);
        try {
            certificates.push_back(std::move(copy));
        } catch (...) {
            thrown = std::current_exception();
        }
    }

    pfx_key into_key{};
    std::vector<std::vector<std::uint8_t>> certificates{};
    std::exception_ptr thrown{};

private:
    void keep(bytes der, std::vector<std::uint8_t>& into) noexcept {
        try {
            into.assign(der.begin(), der.end());
        } catch (...) {
            thrown = std::current_exception();
        }
    }
};

failure refused(const status& why, const std::optional<std::string>& passphrase, backend by) {
    failure bad = make_failure(why.code);
    if (why.code == errc::wrong_passphrase) {
        bad.message = "mac verify failure: the passphrase is wrong";
        if (!passphrase) {
            bad.code = make_error_code(errc::passphrase_required);
            bad.message = "mac verify failure: a passphrase is needed";
        }
    } else if (why.code == errc::unsupported_by_backend) {
        bad.message = std::string(capability_of(by.capabilities(), feature::pkcs12).reason);
    }
    bad.message.insert(0, "pfx: ");
    bad.input = "pfx";
    bad.backend = by.name();
    bad.backend_version = by.version();
    bad.native = why.native;
    bad.native_text = native_text(by.implementation(), why.native);
    return bad;
}

}  // namespace

pfx_key::~pfx_key() {
    wipe(der);
}

result<identity_input>
read_pfx(const std::string& pfx, const std::optional<std::string>& passphrase, backend with) {
    if (!with.supports(feature::pkcs12)) {
        failure lacking = with.refusal(feature::pkcs12);
        lacking.message.insert(0, "pfx: ");
        lacking.input = "pfx";
        return tl::make_unexpected(std::move(lacking));
    }
    collector contents;
    const status bad = with.implementation().read_pkcs12(
        as_bytes(pfx), passphrase ? std::string_view(*passphrase) : std::string_view(), contents);
    if (contents.thrown) {
        std::rethrow_exception(contents.thrown);
    }
    if (bad) {
        return tl::make_unexpected(refused(bad, passphrase, with));
    }
    identity_input read{.own_key = std::move(contents.into_key)};
    read.extra_anchors.assign(contents.certificates.begin() + 1, contents.certificates.end());
    read.certificates.push_back(std::move(contents.certificates));
    read.keys.push_back({.data = read.own_key.der, .encoding = spi::key_encoding::der});
    read.key_names.emplace_back("pfx");
    return read;
}

}  // namespace polytls::detail
