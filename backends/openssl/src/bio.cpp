#include "bio.hpp"

#include <algorithm>
#include <cstring>

namespace polytls::openssl {
namespace {

wire& wire_of(BIO* bio) noexcept {
    return *static_cast<wire*>(BIO_get_data(bio));
}

int read_wire(BIO* bio, char* data, std::size_t size, std::size_t* count) noexcept {
    wire& from = wire_of(bio);
    const bytes rest = from.input.subspan(from.consumed);
    *count = std::min(size, rest.size());
    if (*count == 0) {
        from.latest = wire::state::empty;
        // Looked at only after a failure: where all is well there is nothing to clear.
        BIO_clear_retry_flags(bio);
        BIO_set_retry_read(bio);
        return 0;
    }
    from.latest = wire::state::flowing;
    std::memcpy(data, rest.data(), *count);
    from.consumed += *count;
    return 1;
}

int write_wire(BIO* bio, const char* data, std::size_t size, std::size_t* count) noexcept {
    wire& to = wire_of(bio);
    *count = to.output == nullptr ? 0 : to.output->append(as_bytes({data, size}));
    if (*count == 0) {
        to.latest = wire::state::full;
        BIO_clear_retry_flags(bio);
        BIO_set_retry_write(bio);
        return 0;
    }
    to.latest = wire::state::flowing;
    return 1;
}

long control_wire(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) noexcept {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* make_method() noexcept {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "polytls wire");
    if (method != nullptr) {
        BIO_meth_set_read_ex(method, read_wire);
        BIO_meth_set_write_ex(method, write_wire);
        BIO_meth_set_ctrl(method, control_wire);
    }
    return method;
}

}  // namespace

BIO* make_bio(wire& over) noexcept {
    // Kept for the life of the process, as OpenSSL keeps its own.
    static BIO_METHOD* const method = make_method();
    BIO* bio = method == nullptr ? nullptr : BIO_new(method);
    if (bio != nullptr) {
        BIO_set_data(bio, &over);
        BIO_set_init(bio, 1);
    }
    return bio;
}

}  // namespace polytls::openssl
