#include "trust_input.hpp"

#include "anchor_cache.hpp"
#include "input_text.hpp"

#include <polytls/root_certificates.hpp>

#include <utility>

namespace polytls::detail {
namespace {

using certificate_list = std::vector<std::vector<std::uint8_t>>;

result<trust_input> read_given(const one_or_many& texts) {
    trust_input read;
    certificate_list anchors;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string input = input_name("ca", i);
        auto found = certificates_in(texts[i], errc::bad_ca, input);
        if (!found) {
            return tl::make_unexpected(std::move(found.error()));
        }
        for (std::vector<std::uint8_t>& certificate : *found) {
            anchors.push_back(std::move(certificate));
            read.names.push_back(input);
        }
    }
    read.anchors = std::make_shared<const certificate_list>(std::move(anchors));
    return read;
}

// A machine without roots is no error here: a server that asks for no certificate needs none.
result<trust_input> read_roots(backend with) {
    trust_input read;
    auto shared = shared_root_anchors(with);
    if (!shared) {
        return tl::make_unexpected(std::move(shared.error()));
    }
    read.shared = *shared;
    read.anchors = std::make_shared<const certificate_list>();
    if (read.shared != nullptr) {
        read.anchors = root_certificate_list().value_or(read.anchors);
    }
    return read;
}

result<void> add_crls(const one_or_many& texts, backend with, trust_input& into) {
    if (!with.supports(feature::crl)) {
        failure refused = with.refusal(feature::crl);
        refused.input = "crl";
        refused.message.insert(0, "crl: ");
        return tl::make_unexpected(std::move(refused));
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::string input = input_name("crl", i);
        auto found = crls_in(texts[i], input);
        if (!found) {
            return tl::make_unexpected(std::move(found.error()));
        }
        for (std::vector<std::uint8_t>& list : *found) {
            into.crls.push_back(std::move(list));
            into.crl_names.push_back(input);
        }
    }
    return {};
}

}  // namespace

result<trust_input>
read_trust(const std::optional<one_or_many>& ca, const one_or_many& crl, backend with) {
    auto read = ca ? read_given(*ca) : read_roots(with);
    if (!read || crl.empty()) {
        return read;
    }
    if (auto added = add_crls(crl, with, *read); !added) {
        return tl::make_unexpected(std::move(added.error()));
    }
    return read;
}

}  // namespace polytls::detail
