#include "der_tags.hpp"

#include <polytls/core/x509.hpp>

namespace polytls::x509 {

bool next_general_name(bytes& names, general_name& name) noexcept {
    der_reader reader(names);
    der_element element;
    // [0] to [8] of the context, primitive or constructed.
    if (!reader.next(element) || (element.tag & 0xc0U) != 0x80 || (element.tag & 0x1fU) > 8) {
        return false;
    }
    name.kind = static_cast<name_kind>(element.tag & 0x1fU);
    name.value = element.content;
    names = reader.rest();
    return true;
}

bool next_access_description(bytes& list, access_description& access) noexcept {
    der_reader reader(list);
    der_element description;
    der_element method;
    if (!reader.next(tag::sequence, description)) {
        return false;
    }
    der_reader parts(description.content);
    if (!parts.next(tag::object_identifier, method)) {
        return false;
    }
    bytes location = parts.rest();
    if (!next_general_name(location, access.location) || !location.empty()) {
        return false;
    }
    access.method = method.content;
    list = reader.rest();
    return true;
}

}  // namespace polytls::x509
