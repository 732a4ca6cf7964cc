// The reading of a ClientHello before any library sees it: the same in whatever pieces it comes.
#include "first_flight.hpp"
#include "input.hpp"
#include "target.hpp"

#include <polytls/core/client_hello.hpp>
#include <polytls/core/memory_hooks.hpp>
#include <polytls/core/protocol_version.hpp>

#include <cstdlib>
#include <optional>

namespace polytls::fuzz {
namespace {

/// Hooks that count what is held, and refuse what comes after so many allocations.
class counted_memory {
public:
    explicit counted_memory(std::size_t most) : left_(most) {}

    const memory_hooks& hooks() const noexcept { return hooks_; }

    bool balanced() const noexcept { return held_ == 0; }

private:
    static void* allocate(void* user, std::size_t size) noexcept {
        auto& self = *static_cast<counted_memory*>(user);
        if (self.left_ == 0) {
            return nullptr;
        }
        --self.left_;
        ++self.held_;
        return std::malloc(size);
    }

    static void release(void* user, void* block) noexcept {
        --static_cast<counted_memory*>(user)->held_;
        std::free(block);
    }

    memory_hooks hooks_{.allocate = allocate, .release = release, .user = this};
    std::size_t left_;
    std::size_t held_ = 0;
};

/// What a reader made of a stream.
struct reading {
    status error{};
    bool whole = false;
    std::size_t consumed = 0;
    std::uint16_t record_version = 0;
    octets message{};
};

reading read(bytes stream, slicer by, counted_memory& memory) {
    client_hello_reader reader(memory.hooks());
    reading result;
    progress step{.next = want::input};
    while (step.next == want::input && result.consumed < stream.size()) {
        const bytes rest = stream.subspan(result.consumed);
        const bytes piece = rest.first(by.next(rest.size()));
        step = reader.feed(piece);
        require(step.consumed <= piece.size() && step.produced == 0, "no more is taken than given");
        require(step.next != want::input || step.consumed == piece.size(),
                "a reader that wants input has consumed all");
        result.consumed += step.consumed;
    }
    if (step.next == want::nothing) {
        const progress again = reader.feed(stream);
        require(again.consumed == 0 && again.next == step.next && again.error == step.error,
                "an outcome is repeated, and nothing is taken");
    }
    result.error = step.error;
    result.whole = step.next == want::nothing && !step.error;
    result.record_version = reader.record_version();
    result.message = copy_of(reader.message());
    reader.clear();
    require(memory.balanced(), "a cleared reader holds no memory");
    return result;
}

/// Everything a hello says lies in the message, and can be asked.
void check_parsed(bytes message) {
    client_hello hello;
    if (const status bad = parse_client_hello(message, hello)) {
        require(bad.code == errc::decode_error || bad.code == errc::illegal_parameter ||
                    bad.code == errc::unexpected_message,
                "a hello is refused for a documented reason");
        return;
    }
    for (const bytes part :
         {hello.session_id, hello.cipher_suites, hello.protocols.wire(), hello.supported_versions,
          hello.supported_groups, hello.signature_algorithms, hello.session_ticket,
          hello.pre_shared_keys, as_bytes(hello.server_name)}) {
        require(within(part, message), "views point into the message");
    }
    require(hello.session_id.size() <= 32 && hello.server_name.size() <= 255,
            "no part is longer than the RFC allows");
    require(hello.server_name.find('\0') == hello.server_name.npos, "no name has a NUL in it");
    require(hello.protocols.well_formed(), "the protocols offered are well formed");
    const version_range all{protocol_version::tls1_0, protocol_version::tls1_3};
    const std::optional<protocol_version> best = hello.best_version(all);
    require(!best || (hello.offers(*best) && all.contains(*best)), "the best version is offered");
}

}  // namespace

void run(bytes input) {
    input_reader from(input);
    const slicer sizes(from);
    const bytes stream = from.rest();

    constexpr std::size_t plenty = 1000;
    input_reader none({});
    counted_memory memory(plenty);
    const reading at_once = read(stream, slicer(none), memory);
    const reading in_pieces = read(stream, sizes, memory);

    require(at_once.error == in_pieces.error && at_once.whole == in_pieces.whole,
            "how a hello is cut does not change the outcome");
    if (!at_once.error) {
        require(at_once.consumed == in_pieces.consumed && at_once.message == in_pieces.message &&
                    at_once.record_version == in_pieces.record_version,
                "how a hello is cut does not change what is read");
    }
    counted_memory scarce(1);
    const reading refused = read(stream, sizes, scarce);
    require(refused.error == at_once.error || refused.error.code == errc::no_memory,
            "a refused allocation is told");
    check_parsed(at_once.message);
    check_parsed(copy_of(stream));
}

std::vector<octets> seeds() {
    std::vector<octets> made;
    for (const octets& flight : first_flights()) {
        constexpr std::size_t record_header = 5;
        made.push_back(octets{0} + flight);
        made.push_back(octets{3, 1, 7, 100} + flight);
        made.push_back(octets{0} + bytes(flight).subspan(record_header));
    }
    return made;
}

}  // namespace polytls::fuzz
