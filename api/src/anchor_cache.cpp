#include "anchor_cache.hpp"

#include <polytls/core/bytes.hpp>
#include <polytls/root_certificates.hpp>
#include <polytls/spi/backend.hpp>

#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace polytls::detail {
namespace {

struct anchor_cache {
    std::mutex guard{};
    std::map<const spi::backend*, spi::handle<spi::anchor_set>> sets{};
};

// Never destroyed: a library may have shut itself down by the time statics are.
anchor_cache& the_cache() {
    static auto* const cache = new anchor_cache;
    return *cache;
}

result<spi::handle<spi::anchor_set>> make_set(backend of) {
    spi::handle<spi::anchor_set> made;
    const auto roots = root_certificate_list();
    if (!roots) {
        return made;
    }
    const std::vector<bytes> anchors((*roots)->begin(), (*roots)->end());
    const status outcome = of.implementation().make_anchor_set(anchors, made);
    if (outcome && outcome.code != errc::no_root_certificates) {
        failure failed = make_failure(outcome.code);
        failed.input = "ca";
        failed.backend = of.name();
        failed.backend_version = of.version();
        failed.native = outcome.native;
        return tl::make_unexpected(std::move(failed));
    }
    return made;
}

}  // namespace

result<const spi::anchor_set*> shared_root_anchors(backend of) {
    anchor_cache& cache = the_cache();
    const std::scoped_lock lock(cache.guard);
    const auto known = cache.sets.find(&of.implementation());
    if (known != cache.sets.end()) {
        return known->second.get();
    }
    auto made = make_set(of);
    if (!made) {
        return tl::make_unexpected(std::move(made.error()));
    }
    return cache.sets.emplace(&of.implementation(), *std::move(made)).first->second.get();
}

}  // namespace polytls::detail
