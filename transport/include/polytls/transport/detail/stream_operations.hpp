#pragma once

#include <polytls/transport/detail/stream_core.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace polytls::detail {

// Each operation is one struct, which blocking and asynchronous calls share:
//   step          goes as far as it can, and says what it needs; may be repeated at any time.
//   read_failed   tells it that the next layer could not be read; it ends.
//   write_failed  tells it that the next layer could not be written.
//   deliver       passes the results on.
// `cancels_cleanly`: nothing is lost when it is cancelled.

class handshake_operation {
public:
    static constexpr bool cancels_cleanly = false;

    explicit handshake_operation(stream_base::handshake_type side) noexcept : side_(side) {}

    need step(stream_core& core);
    void read_failed(stream_core& core, std::error_code why) noexcept;
    void write_failed(stream_core& core, std::error_code why) noexcept;

    template <class Receiver>
    void deliver(Receiver&& receiver) {
        receiver(error_);
    }

private:
    stream_base::handshake_type side_;
    bool begun_ = false;
    bool done_ = false;
    std::error_code error_{};
    std::error_code write_error_{};
};

class shutdown_operation {
public:
    static constexpr bool cancels_cleanly = false;

    need step(stream_core& core);
    void read_failed(stream_core& core, std::error_code why) noexcept;
    void write_failed(stream_core& core, std::error_code why) noexcept;

    template <class Receiver>
    void deliver(Receiver&& receiver) {
        receiver(error_);
    }

private:
    bool closed_ = false;
    bool done_ = false;
    std::error_code error_{};
};

/// What reads of any buffer sequence have in common.
class read_progress {
public:
    static constexpr bool cancels_cleanly = true;

    void read_failed(stream_core& core, std::error_code why) noexcept;
    void write_failed(stream_core& core, std::error_code why) noexcept;

    template <class Receiver>
    void deliver(Receiver&& receiver) {
        receiver(error_, transferred_);
    }

protected:
    /// Decrypts into one buffer; false when there is no reason to go on to the next one.
    bool fill(stream_core& core, mutable_bytes buffer);
    need decide(stream_core& core) noexcept;

    bool done_ = false;

private:
    std::size_t transferred_ = 0;
    std::error_code error_{};
    bool cannot_write_ = false;
    bool awaits_answer_ = false;
};

template <class MutableBuffers>
class read_operation : public read_progress {
public:
    explicit read_operation(const MutableBuffers& buffers) : buffers_(buffers) {}

    need step(stream_core& core) {
        if (!done_) {
            bool empty = true;
            const auto end = asio::buffer_sequence_end(buffers_);
            for (auto each = asio::buffer_sequence_begin(buffers_); each != end; ++each) {
                const asio::mutable_buffer buffer(*each);
                if (buffer.size() == 0) {
                    continue;
                }
                empty = false;
                if (!fill(core, {static_cast<std::uint8_t*>(buffer.data()), buffer.size()})) {
                    break;
                }
            }
            done_ = done_ || empty;
        }
        return decide(core);
    }

private:
    MutableBuffers buffers_;
};

/// What writes of any buffer sequence have in common.
class write_progress {
public:
    static constexpr bool cancels_cleanly = false;
    /// No operation takes more: its ciphertext has to be held until it is sent.
    static constexpr std::size_t most_at_once = 65536;

    void read_failed(stream_core& core, std::error_code why) noexcept;
    void write_failed(stream_core& core, std::error_code why) noexcept;

    template <class Receiver>
    void deliver(Receiver&& receiver) {
        receiver(error_, transferred_);
    }

protected:
    /// Encrypts a piece; false when nothing more can be taken.
    bool encrypt(stream_core& core, bytes piece);
    need decide(stream_core& core) noexcept;

    std::size_t room() const noexcept { return most_at_once - transferred_; }

    bool done_ = false;

private:
    std::size_t transferred_ = 0;
    std::error_code error_{};
    bool write_failed_ = false;
};

template <class ConstBuffers>
class write_operation : public write_progress {
public:
    explicit write_operation(const ConstBuffers& buffers) : buffers_(buffers) {}

    need step(stream_core& core) {
        if (!done_) {
            encrypt_all(core);
        }
        return decide(core);
    }

private:
    /// Pieces smaller than a record are put together first, so that a header and its body, say, do
    /// not become two records.
    void encrypt_all(stream_core& core) {
        std::array<std::uint8_t, 16384> record;
        std::size_t gathered = 0;
        const auto end = asio::buffer_sequence_end(buffers_);
        for (auto each = asio::buffer_sequence_begin(buffers_); each != end; ++each) {
            const asio::const_buffer buffer(*each);
            bytes rest(static_cast<const std::uint8_t*>(buffer.data()), buffer.size());
            rest = rest.first(std::min(rest.size(), room() - gathered));
            auto next = each;
            const bool last = ++next == end;
            while (!rest.empty()) {
                if (gathered == 0 && (last || rest.size() >= record.size())) {
                    const std::size_t size =
                        last ? rest.size() : rest.size() - rest.size() % record.size();
                    if (!encrypt(core, rest.first(size))) {
                        return;
                    }
                    rest = rest.subspan(size);
                    continue;
                }
                const std::size_t size = std::min(rest.size(), record.size() - gathered);
                std::copy_n(rest.begin(), size, record.begin() + gathered);
                gathered += size;
                rest = rest.subspan(size);
                if (gathered == record.size()) {
                    if (!encrypt(core, record)) {
                        return;
                    }
                    gathered = 0;
                }
            }
        }
        if (gathered == 0 || encrypt(core, bytes(record).first(gathered))) {
            done_ = true;
        }
    }

    ConstBuffers buffers_;
};

}  // namespace polytls::detail
