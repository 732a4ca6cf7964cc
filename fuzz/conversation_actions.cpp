// What a script does to a conversation.
#include "conversation.hpp"

#include <algorithm>

namespace polytls::fuzz {
namespace {

/// Where records begin, as far as they are whole, and where the last one ends.
std::vector<std::size_t> records_of(bytes wire) {
    constexpr std::size_t header = 5;
    std::vector<std::size_t> starts{0};
    while (wire.size() - starts.back() >= header) {
        const bytes record = wire.subspan(starts.back());
        const std::size_t size = header + (static_cast<std::size_t>(record[3]) << 8U | record[4]);
        if (size > record.size()) {
            break;
        }
        starts.push_back(starts.back() + size);
    }
    return starts;
}

}  // namespace

void conversation::act(action what, input_reader& script) {
    switch (what) {
    case action::deliver:
        deliver(script.byte());
        break;
    case action::deliver_all:
        deliver(wire_.size());
        break;
    case action::flip:
    case action::overwrite:
    case action::erase:
    case action::repeat:
    case action::cut:
        disturbed_ = true;
        act_on_wire(what, script);
        break;
    case action::erase_record:
    case action::repeat_record:
    case action::swap_records:
        disturbed_ = true;
        act_on_records(what, script);
        break;
    case action::inject: {
        disturbed_ = true;
        const bytes data = script.take(script.byte());
        wire_.insert(wire_.begin(), data.begin(), data.end());
        break;
    }
    default:
        act_on_ends(what, script);
    }
}

void conversation::act_on_wire(action what, input_reader& script) {
    const std::size_t place = wire_.empty() ? 0 : script.two_bytes() % wire_.size();
    const auto rest = wire_.begin() + static_cast<std::ptrdiff_t>(place);
    const std::size_t left = wire_.size() - place;
    if (what == action::flip && left != 0) {
        *rest = static_cast<std::uint8_t>(*rest ^ script.byte());
    } else if (what == action::overwrite) {
        const bytes data = script.take(script.byte());
        std::copy_n(data.begin(), std::min(data.size(), left), rest);
    } else if (what == action::cut) {
        wire_.erase(rest, wire_.end());
    } else if (what == action::erase || what == action::repeat) {
        const auto size = static_cast<std::ptrdiff_t>(std::min<std::size_t>(script.byte(), left));
        change_part(what, rest, rest + size);
    }
}

void conversation::act_on_records(action what, input_reader& script) {
    const std::vector<std::size_t> starts = records_of(wire_);
    const std::size_t which = script.byte() % starts.size();
    const auto start_of = [&](std::size_t record) {
        const std::size_t start = starts[std::min(record, starts.size() - 1)];
        return wire_.begin() + static_cast<std::ptrdiff_t>(start);
    };
    if (what == action::swap_records) {
        std::rotate(start_of(which), start_of(which + 1), start_of(which + 2));
    } else {
        change_part(what == action::erase_record ? action::erase : action::repeat, start_of(which),
                    start_of(which + 1));
    }
}

void conversation::change_part(action what, octets::iterator begin, octets::iterator end) {
    if (what == action::erase) {
        wire_.erase(begin, end);
    } else {
        const octets part(begin, end);
        wire_.insert(begin, part.begin(), part.end());
    }
}

void conversation::act_on_ends(action what, input_reader& script) {
    switch (what) {
    case action::end_of_input:
        disturbed_ = true;
        ended_ = true;
        wire_.clear();
        tested_->end_of_input();
        break;
    case action::write:
        tested_->write(script.byte());
        break;
    case action::peer_writes:
        peer_->write(script.byte());
        break;
    case action::renegotiate:
        disturbed_ = true;
        tested_->renegotiate((script.byte() & 1U) != 0);
        break;
    case action::peer_renegotiates:
        disturbed_ = true;
        peer_->renegotiate((script.byte() & 1U) != 0);
        break;
    case action::close:
        disturbed_ = true;
        tested_->close();
        break;
    case action::peer_closes:
        disturbed_ = true;
        peer_->close();
        break;
    case action::answer:
        tested_->answer();
        tested_->step();
        break;
    case action::refuse:
        disturbed_ = true;
        tested_->refuse();
        break;
    case action::pass_time:
        disturbed_ = true;
        tested_->pass_time(std::chrono::seconds(script.byte()));
        break;
    case action::release_buffers:
        tested_->tls().release_buffers();
        break;
    default: {  // limit_fragments
        const std::size_t size = 64 * std::size_t{script.byte()};
        const bool possible = connection::min_fragment <= size && size <= connection::max_fragment;
        require(tested_->tls().set_max_send_fragment(size) == possible,
                "records have 512 to 16384 bytes");
    }
    }
}

}  // namespace polytls::fuzz
