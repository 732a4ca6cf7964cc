#include "root_certificate_files.hpp"

#include <polytls/pem.hpp>
#include <polytls/root_certificates.hpp>

#include <utility>

namespace polytls {

using shared_certificate_list = std::shared_ptr<const detail::certificate_list>;

result<shared_certificate_list> root_certificate_list() {
    static const result<shared_certificate_list> list = [] {
        return detail::read_root_certificates(detail::usual_root_certificate_places())
            .map([](detail::certificate_list found) -> shared_certificate_list {
                return std::make_shared<const detail::certificate_list>(std::move(found));
            });
    }();
    return list;
}

std::vector<std::string> root_certificates() {
    std::vector<std::string> texts;
    if (const auto list = root_certificate_list()) {
        texts.reserve((*list)->size());
        for (const std::vector<std::uint8_t>& der : **list) {
            texts.push_back(to_pem("CERTIFICATE", der));
        }
    }
    return texts;
}

}  // namespace polytls
