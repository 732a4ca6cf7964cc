#include "base64.hpp"

#include <polytls/pem.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace polytls {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view white_space = " \t\r\v\f";

/// Gives a text line by line, without what ends a line, and knows where it is.
class line_reader {
public:
    explicit line_reader(std::string_view text) : text_(text) {}

    bool next(std::string_view& line) {
        if (end_ == text_.size()) {
            return false;
        }
        start_ = end_;
        ++number_;
        const std::size_t feed = text_.find('\n', start_);
        end_ = feed == std::string_view::npos ? text_.size() : feed + 1;
        line = text_.substr(start_, end_ - start_);
        const std::size_t last = line.find_last_not_of(" \t\r\n\v\f");
        line = line.substr(0, last + 1);
        stop_ = start_ + line.size();
        return true;
    }

    std::size_t start() const { return start_; }

    /// Where the line's text stops.
    std::size_t stop() const { return stop_; }

    std::size_t number() const { return number_; }

private:
    std::string_view text_;
    std::size_t start_ = 0;
    std::size_t stop_ = 0;
    std::size_t end_ = 0;
    std::size_t number_ = 0;
};

/// The label of a line as "-----BEGIN label-----"; nothing for any other line.
std::optional<std::string_view> label_of(std::string_view line, std::string_view mark) {
    if (!line.starts_with(mark) || !line.ends_with(dashes) ||
        line.size() < mark.size() + dashes.size()) {
        return std::nullopt;
    }
    line.remove_prefix(mark.size());
    line.remove_suffix(dashes.size());
    return line;
}

// A text that an editor saved with a byte-order mark is a good text.
std::string_view without_byte_order_mark(std::string_view text) {
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

failure bad_block(std::string_view what, std::size_t line) {
    return make_failure(errc::bad_pem, "the PEM block that begins in line " + std::to_string(line) +
                                           " " + std::string(what));
}

/// Reads one block; its BEGIN line has been taken from `lines` already.
class block_reader {
public:
    block_reader(std::string_view text, line_reader& lines, std::string_view label)
        : text_(text), lines_(lines), begin_(lines.start()), begin_line_(lines.number()) {
        block_.label = label;
        block_.encrypted = label.find("ENCRYPTED") != std::string_view::npos;
    }

    result<pem_block> read() {
        std::string_view line;
        while (lines_.next(line)) {
            if (line.starts_with(end_mark)) {
                return finish(line);
            }
            if (line.starts_with(begin_mark)) {
                break;
            }
            if (!take(line)) {
                return tl::make_unexpected(bad_block("has bytes that are not base64 in line " +
                                                         std::to_string(lines_.number()),
                                                     begin_line_));
            }
        }
        return tl::make_unexpected(bad_block("has no END line", begin_line_));
    }

private:
    bool take(std::string_view line) {
        if (in_headers_) {
            in_headers_ = !line.empty();
            return true;
        }
        if (line.find(':') != std::string_view::npos && !any_content_) {
            has_headers_ = true;
            in_headers_ = true;
            if (line.starts_with("Proc-Type:") &&
                line.find("ENCRYPTED") != std::string_view::npos) {
                block_.encrypted = true;
            }
            return true;
        }
        any_content_ =
            any_content_ || line.find_first_not_of(white_space) != std::string_view::npos;
        return decoder_.take(line);
    }

    result<pem_block> finish(std::string_view line) {
        if (label_of(line, end_mark) != block_.label) {
            return tl::make_unexpected(bad_block(
                "has another END line, line " + std::to_string(lines_.number()), begin_line_));
        }
        if (!any_content_) {
            return tl::make_unexpected(bad_block("has no content", begin_line_));
        }
        std::optional<std::vector<std::uint8_t>> der = decoder_.finish();
        if (!der) {
            return tl::make_unexpected(bad_block("has base64 that is cut short", begin_line_));
        }
        block_.text = text_.substr(begin_, lines_.stop() - begin_);
        if (!has_headers_) {
            block_.der = *std::move(der);
        }
        return std::move(block_);
    }

    std::string_view text_;
    line_reader& lines_;
    std::size_t begin_;
    std::size_t begin_line_;
    pem_block block_;
    detail::base64_decoder decoder_;
    bool in_headers_ = false;
    bool has_headers_ = false;
    bool any_content_ = false;
};

}  // namespace

result<std::vector<pem_block>> split_pem(std::string_view text) {
    text = without_byte_order_mark(text);
    std::vector<pem_block> blocks;
    line_reader lines(text);
    std::string_view line;
    while (lines.next(line)) {
        if (const auto label = label_of(line, begin_mark)) {
            result<pem_block> block = block_reader(text, lines, *label).read();
            if (!block) {
                return tl::make_unexpected(std::move(block.error()));
            }
            blocks.push_back(*std::move(block));
        }
    }
    return blocks;
}

bool looks_like_pem(std::string_view text) noexcept {
    text = without_byte_order_mark(text);
    line_reader lines(text);
    std::string_view line;
    while (lines.next(line)) {
        if (label_of(line, begin_mark)) {
            return true;
        }
    }
    return false;
}

std::string to_pem(std::string_view label, bytes der) {
    constexpr std::size_t line_length = 64;
    const std::string encoded = detail::to_base64(der);
    std::string text;
    text.append(begin_mark).append(label).append(dashes).append("\n");
    for (std::size_t i = 0; i < encoded.size(); i += line_length) {
        text.append(encoded, i, line_length).append("\n");
    }
    text.append(end_mark).append(label).append(dashes).append("\n");
    return text;
}

}  // namespace polytls
