#include <polytls/core/session_envelope.hpp>

#include <algorithm>
#include <array>

namespace polytls {
namespace {

constexpr std::array<std::uint8_t, 5> magic = {'P', 'T', 'L', 'S', 2};

class writer {
public:
    explicit writer(mutable_bytes buffer) noexcept : buffer_(buffer) {}

    void put(bytes data) noexcept {
        std::copy(data.begin(), data.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += data.size();
    }

    void put(std::uint8_t byte) noexcept { put(bytes(&byte, 1)); }

    void put(std::string_view text) noexcept {
        put(static_cast<std::uint8_t>(text.size()));
        put(as_bytes(text));
    }

    bytes written() const noexcept { return buffer_.first(size_); }

private:
    mutable_bytes buffer_;
    std::size_t size_ = 0;
};

class reader {
public:
    explicit reader(bytes data) noexcept : rest_(data) {}

    bytes take(std::size_t size) noexcept {
        if (size > rest_.size()) {
            ok_ = false;
            return {};
        }
        const bytes taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }

    std::uint8_t take_byte() noexcept {
        const bytes byte = take(1);
        return byte.empty() ? std::uint8_t{0} : byte[0];
    }

    std::string_view take_text() noexcept { return as_text(take(take_byte())); }

    bytes rest() const noexcept { return rest_; }

    bool ok() const noexcept { return ok_; }

private:
    bytes rest_;
    bool ok_ = true;
};

bool fits(std::string_view text) noexcept {
    return text.size() <= 255;
}

}  // namespace

std::size_t encoded_size(const session_envelope& envelope) noexcept {
    return magic.size() + 1 + 4 + envelope.backend.size() + envelope.version.size() +
           envelope.server_name.size() + envelope.host.size() + 1 + envelope.note.size() + 4 +
           envelope.blob.size();
}

bytes encode_session_envelope(const session_envelope& envelope, mutable_bytes buffer) noexcept {
    if (buffer.size() < encoded_size(envelope) || !fits(envelope.backend) ||
        !fits(envelope.version) || !fits(envelope.server_name) || !fits(envelope.host) ||
        !fits(as_text(envelope.note))) {
        return {};
    }
    writer out(buffer);
    out.put(magic);
    out.put(static_cast<std::uint8_t>(envelope.verification));
    out.put(envelope.backend);
    out.put(envelope.version);
    out.put(envelope.server_name);
    out.put(envelope.host);
    out.put(as_text(envelope.note));
    const std::size_t size = envelope.blob.size();
    for (unsigned shift = 32; shift != 0; shift -= 8) {
        out.put(static_cast<std::uint8_t>(size >> (shift - 8)));
    }
    out.put(envelope.blob);
    return out.written();
}

std::optional<session_envelope> decode_session_envelope(bytes encoded) noexcept {
    reader in(encoded);
    const bytes start = in.take(magic.size());
    if (!in.ok() || !std::equal(start.begin(), start.end(), magic.begin())) {
        return std::nullopt;
    }
    session_envelope envelope;
    envelope.verification = static_cast<verify_code>(in.take_byte());
    envelope.backend = in.take_text();
    envelope.version = in.take_text();
    envelope.server_name = in.take_text();
    envelope.host = in.take_text();
    envelope.note = as_bytes(in.take_text());
    std::size_t size = 0;
    for (int i = 0; i < 4; ++i) {
        size = size << 8U | in.take_byte();
    }
    // Cut short or with something behind it, it is not what was given out.
    if (!in.ok() || in.rest().size() != size) {
        return std::nullopt;
    }
    envelope.blob = in.rest();
    return envelope;
}

}  // namespace polytls
