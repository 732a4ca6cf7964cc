#include "wire.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace polytls::mbedtls {
namespace {

constexpr std::uint8_t first_type = 20;
constexpr std::uint8_t last_type = 23;
constexpr std::uint8_t alert_type = 21;
constexpr std::uint8_t major_version = 3;
/// RFC 5246, section 6.2.3.
constexpr std::size_t longest_record = 16384 + 2048;
constexpr std::size_t clear_alert_size = 7;
constexpr int most = std::numeric_limits<int>::max();

}  // namespace

void wire::begin(bytes input, byte_sink& output) noexcept {
    input_ = input;
    consumed_ = 0;
    output_ = &output;
    alert_ = alert_description::none;
    alert_sent_ = false;
}

void wire::end() noexcept {
    input_ = {};
    output_ = nullptr;
}

int wire::receive(unsigned char* data, std::size_t size) noexcept {
    const std::size_t count =
        std::min({size, input_.size() - consumed_, static_cast<std::size_t>(most)});
    if (count == 0) {
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    std::memcpy(data, input_.data() + consumed_, count);
    consumed_ += count;
    return static_cast<int>(count);
}

int wire::send(const mbedtls_ssl_context& ssl,
               const unsigned char* data,
               std::size_t size) noexcept {
    if (output_ == nullptr) {
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    }
    if (!within_record_ && data[0] == alert_type) {
        alert_sent_ = true;
        if (size == clear_alert_size && compat::sends_in_the_clear(ssl)) {
            alert_ = static_cast<alert_description>(data[clear_alert_size - 1]);
        }
    }
    const std::size_t count =
        output_->append({data, std::min(size, static_cast<std::size_t>(most))});
    within_record_ = count < size;
    return count == 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : static_cast<int>(count);
}

status fault_of_header(bytes header) noexcept {
    if (header[1] != major_version) {
        return {.code = errc::wrong_version_number, .alert = alert_description::protocol_version};
    }
    if (header[0] < first_type || header[0] > last_type) {
        return {.code = errc::unexpected_message, .alert = alert_description::unexpected_message};
    }
    if (header[3] * std::size_t{256} + header[4] > longest_record) {
        return {.code = errc::record_overflow, .alert = alert_description::record_overflow};
    }
    return {};
}

}  // namespace polytls::mbedtls
