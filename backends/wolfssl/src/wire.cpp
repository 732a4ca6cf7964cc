#include "wire.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace polytls::wolfssl {
namespace {

constexpr std::size_t header_size = 5;
constexpr std::uint8_t change_cipher_spec = 20;
constexpr std::uint8_t alert_record = 21;
constexpr std::uint8_t application_data = 23;
constexpr std::uint8_t fatal = 2;

/// What announces that the rest cannot be read, or is it already.
bool ends_plain_text(std::uint8_t type) noexcept {
    return type == change_cipher_spec || type == application_data;
}

/// Whether an alert that anybody can read is none (RFC 8446, section 6).
bool is_malformed_alert(const std::array<std::uint8_t, header_size>& header,
                        std::uint8_t level) noexcept {
    constexpr std::uint8_t warning = 1;
    return header[3] != 0 || header[4] != 2 || (level != warning && level != fatal);
}

}  // namespace

void wire::connect(WOLFSSL* ssl) noexcept {
    wolfSSL_SSLSetIORecv(ssl, receive);
    wolfSSL_SSLSetIOSend(ssl, send);
    wolfSSL_SetIOReadCtx(ssl, this);
    wolfSSL_SetIOWriteCtx(ssl, this);
}

void wire::begin(bytes input, byte_sink& output) noexcept {
    input_ = input;
    consumed_ = 0;
    output_ = &output;
    sent_ = 0;
}

std::size_t wire::end() noexcept {
    input_ = {};
    output_ = nullptr;
    return std::exchange(consumed_, 0);
}

bool wire::flush() noexcept {
    if (!left_.empty()) {
        left_.drop_front(output_->append(left_.view()));
        if (left_.empty()) {
            left_.clear();
        }
    }
    return left_.empty();
}

void wire::send_alert(alert_description alert) noexcept {
    const std::array<std::uint8_t, header_size + 2> record = {
        alert_record, 3, 3, 0, 2, fatal, static_cast<std::uint8_t>(alert)};
    static_cast<void>(write(record));
}

int wire::receive(WOLFSSL* /*ssl*/, char* data, int size, void* own) noexcept {
    const std::size_t count = static_cast<wire*>(own)->read(
        {reinterpret_cast<std::uint8_t*>(data), static_cast<std::size_t>(size)});
    return count == 0 ? static_cast<int>(WOLFSSL_CBIO_ERR_WANT_READ) : static_cast<int>(count);
}

int wire::send(WOLFSSL* /*ssl*/, char* data, int size, void* own) noexcept {
    const bytes record(reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size));
    return static_cast<wire*>(own)->write(record) ? size
                                                  : static_cast<int>(WOLFSSL_CBIO_ERR_GENERAL);
}

std::size_t wire::read(mutable_bytes to) noexcept {
    std::size_t count = 0;
    if (!held_.empty()) {
        count = std::min(to.size(), held_.size());
        std::copy_n(held_.view().begin(), count, to.begin());
        held_.drop_front(count);
        if (held_.empty()) {
            held_.clear();
        }
    } else {
        const bytes from = rest();
        count = std::min(to.size(), from.size());
        std::copy_n(from.begin(), count, to.begin());
        consumed_ += count;
    }
    watch_input(to.first(count));
    return count;
}

void wire::watch_input(bytes data) noexcept {
    while (!data.empty()) {
        if (record_left_ != 0) {
            const std::size_t passed = std::min(record_left_, data.size());
            if (alert_begins_) {
                alert_begins_ = false;
                malformed_alert_ = malformed_alert_ || is_malformed_alert(header_, data[0]);
            }
            record_left_ -= passed;
            data = data.subspan(passed);
            continue;
        }
        header_[header_size_++] = data[0];
        data = data.subspan(1);
        if (header_size_ == header_.size()) {
            // A change of ciphers by the peer changes nothing for us.
            plain_in_ = plain_in_ && header_[0] != application_data;
            peer_changed_ = peer_changed_ || ends_plain_text(header_[0]);
            alert_begins_ = header_[0] == alert_record && !peer_changed_;
            record_left_ = header_[3] * std::size_t{256} + header_[4];
            header_size_ = 0;
        }
    }
}

bool wire::write(bytes data) noexcept {
    std::array<std::uint8_t, header_size + 2> alert{};
    if (plain_out_ && data.size() == alert.size() && data[0] == alert_record &&
        replacement_ != alert_description::none) {
        std::ranges::copy(data, alert.begin());
        alert.back() = static_cast<std::uint8_t>(replacement_);
        data = alert;
    }
    for (bytes at = data; at.size() >= header_size;) {
        plain_out_ = plain_out_ && !ends_plain_text(at[0]);
        const std::size_t size = header_size + at[3] * std::size_t{256} + at[4];
        at = at.subspan(std::min(size, at.size()));
    }
    sent_ += data.size();
    const std::size_t taken = output_ == nullptr || !left_.empty() ? 0 : output_->append(data);
    if (taken < data.size() && !left_.append(data.subspan(taken))) {
        no_memory_ = true;
        return false;
    }
    return true;
}

}  // namespace polytls::wolfssl
