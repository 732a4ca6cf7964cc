#include "loops.hpp"

#include "heap.hpp"
#include "pair.hpp"
#include "through_connection.hpp"

#include <benchmark/benchmark.h>

#include <exception>
#include <tuple>
#include <utility>

namespace polytls::bench {
namespace {

constexpr std::size_t room_for_plaintext = 16384;

/// Makes the contender of a job, once for all the rounds.
using maker = std::function<contender&()>;

/// Takes some memory, another amount each time. Where blocks lie decides what shares a cache line
/// or set, and would otherwise favour one program in every round.
std::vector<std::uint8_t> shift_heap() {
    constexpr std::size_t step = 16;
    constexpr std::size_t places = 4096;
    constexpr std::size_t stride = 2531;  // Prime: every place comes once in so many.
    static std::size_t place = 0;
    place = (place + stride) % places;
    return std::vector<std::uint8_t>(step * (place + 1));
}

/// Counts what was allocated for each of the things done in the loop.
class allocation_count {
public:
    void report(benchmark::State& state, std::size_t things_a_turn) const {
        const auto things =
            static_cast<double>(state.iterations()) * static_cast<double>(things_a_turn);
        state.counters["allocations"] = static_cast<double>(allocations() - before_) / things;
    }

private:
    std::size_t before_ = allocations();
};

/// One way at `size` bytes a record, `batch` records at a time.
void bulk(benchmark::State& state, contender& by, std::size_t size, std::size_t batch) {
    const std::vector<std::uint8_t> shift = shift_heap();
    const std::vector<std::uint8_t> message(size);
    std::vector<std::uint8_t> room(room_for_plaintext);
    const pair ends(by);
    const auto turn = [&] {
        for (std::size_t i = 0; i < batch; ++i) {
            ends.client().write(message);
        }
        for (std::size_t left = size * batch; left != 0;) {
            const std::size_t more = ends.server().read(room);
            require(more != 0 && more <= left, "data does not come");
            left -= more;
        }
    };
    turn();
    const allocation_count counted;
    while (state.KeepRunning()) {
        turn();
    }
    counted.report(state, batch);
    state.SetBytesProcessed(static_cast<std::int64_t>(size * batch) *
                            static_cast<std::int64_t>(state.iterations()));
}

void ping_pong(benchmark::State& state, contender& by, std::size_t size) {
    const std::vector<std::uint8_t> shift = shift_heap();
    const std::vector<std::uint8_t> message(size);
    std::vector<std::uint8_t> room(room_for_plaintext);
    const pair ends(by);
    const auto turn = [&] {
        pair::carry(ends.client(), ends.server(), message, room);
        pair::carry(ends.server(), ends.client(), message, room);
    };
    turn();
    const allocation_count counted;
    while (state.KeepRunning()) {
        turn();
    }
    counted.report(state, 2);
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

void handshake(benchmark::State& state, contender& by, bool resume) {
    if (resume) {
        const pair first(by);
    }
    const allocation_count counted;
    while (state.KeepRunning()) {
        const pair ends(by, resume);
    }
    counted.report(state, 1);
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

maker once(std::function<std::unique_ptr<contender>()> make) {
    return [make = std::move(make), made = std::shared_ptr<contender>()]() mutable -> contender& {
        if (!made) {
            made = make();
        }
        return *made;
    };
}

template <class Loop>
void add(const std::string& name, maker make, Loop loop) {
    benchmark::RegisterBenchmark(name.c_str(),
                                 [make = std::move(make), loop](benchmark::State& state) mutable {
                                     try {
                                         loop(state, make());
                                     } catch (const std::exception& why) {
                                         state.SkipWithError(why.what());
                                     }
                                 });
}

/// Registers loops twice, and lists them.
class registrar {
public:
    registrar(spi::backend& backend, std::unique_ptr<contender> (*make_bare)(const job&))
        : backend_(backend), make_bare_(make_bare) {}

    /// `bare_job` may differ in what the library by itself makes of sessions.
    template <class Loop>
    void add_both(comparison about, const std::string& name, job wanted, job bare_job, Loop loop) {
        const std::string start =
            std::string(backend_.name()) + '/' + name + '/' +
            (wanted.version == protocol_version::tls1_3 ? "tls1_3" : "tls1_2");
        about.name += ", " + std::string(name_of(wanted.version));
        about.bare = start + "/bare";
        about.through = start + "/connection";
        add(about.bare, once([make = make_bare_, bare_job] { return make(bare_job); }), loop);
        add(about.through, once([&backend = backend_, wanted] {
                return make_through_connection(backend, wanted);
            }),
            loop);
        comparisons_.push_back(std::move(about));
    }

    std::vector<comparison> take() { return std::move(comparisons_); }

private:
    spi::backend& backend_;
    std::unique_ptr<contender> (*make_bare_)(const job&);
    std::vector<comparison> comparisons_;
};

constexpr double megabyte = 1e6;

void add_data(registrar& to, protocol_version version) {
    constexpr double promised_bulk = 0.95;
    constexpr double promised_ping_pong = 0.90;
    const job wanted{.version = version};
    for (const auto& [text, size, batch] :
         {std::tuple{"16 KiB", std::size_t{16384}, std::size_t{8}},
          {"1 KiB", 1024, 64},
          {"64 B", 64, 512}}) {
        to.add_both({.name = std::string("bulk, ") + text,
                     .unit = "MB/s",
                     .per_unit = megabyte,
                     .least_ratio = promised_bulk},
                    "bulk_" + std::to_string(size), wanted, wanted,
                    [size = size, batch = batch](benchmark::State& state, contender& by) {
                        bulk(state, by, size, batch);
                    });
    }
    for (const auto& [text, size] : {std::pair{"64 B", std::size_t{64}}, {"1 KiB", 1024}}) {
        to.add_both(
            {.name = std::string("ping-pong, ") + text,
             .unit = "k/s",
             .per_unit = 1000,
             .least_ratio = promised_ping_pong},
            "ping_pong_" + std::to_string(size), wanted, wanted,
            [size = size](benchmark::State& state, contender& by) { ping_pong(state, by, size); });
    }
}

void add_handshakes(registrar& to, protocol_version version) {
    constexpr double promised = 0.95;

    struct kind {
        const char* text;
        const char* name;
        bool resume;
        session_use through;
        session_use bare;
        double least_ratio;
    };

    for (const kind& each :
         {kind{"full handshake", "full", false, session_use::none, session_use::none, promised},
          kind{"full handshake, session kept", "full_kept", false, session_use::bytes,
               session_use::bytes, promised},
          kind{"resumed handshake", "resumed", true, session_use::bytes, session_use::bytes,
               promised},
          kind{"resumed handshake, bare keeps SSL_SESSION", "resumed_object", true,
               session_use::bytes, session_use::object, 0}}) {
        to.add_both({.name = each.text, .unit = "/s", .least_ratio = each.least_ratio}, each.name,
                    {.version = version, .sessions = each.through},
                    {.version = version, .sessions = each.bare},
                    [resume = each.resume](benchmark::State& state, contender& by) {
                        handshake(state, by, resume);
                    });
    }
}

}  // namespace

std::vector<comparison> register_loops(spi::backend& backend,
                                       std::unique_ptr<contender> (*make_bare)(const job&)) {
    registrar all(backend, make_bare);
    for (const protocol_version version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        if (backend.versions().contains(version)) {
            add_data(all, version);
            add_handshakes(all, version);
        }
    }
    return all.take();
}

}  // namespace polytls::bench
