#include "table.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iomanip>
#include <sstream>

namespace polytls::bench {
namespace {

/// What connections may add while data moves, in allocations a message.
constexpr double most_allocations = 0;
/// What an idle connection may add, in bytes.
constexpr std::ptrdiff_t most_idle_bytes = 2048;

/// The value that a part of all lie below, between neighbours in proportion.
double quantile(std::vector<double> values, double part) {
    std::sort(values.begin(), values.end());
    const double place = part * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return std::lerp(values[below], values[above], place - static_cast<double>(below));
}

std::string number(double value, int decimals) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(decimals) << value;
    return text.str();
}

/// Three digits at least.
std::string rate(double value) {
    return number(value, value >= 100 ? 0 : 1);
}

/// What was promised, and whether it was kept.
std::string promise(const std::string& text, bool kept) {
    return kept ? text : "**" + text + ": missed**";
}

bool is_handshake(const comparison& about) {
    return about.unit == "/s";
}

}  // namespace

bool write_rates(std::ostream& to,
                 const std::vector<comparison>& comparisons,
                 const std::vector<measured>& results) {
    to << "| | alone | through `connection` | ratio | its quartiles | promised | allocations, "
          "alone "
          "| added |\n|---|---:|---:|---:|---:|---:|---:|---:|\n";
    bool all_kept = true;
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
        const comparison& about = comparisons[i];
        const measured& of = results[i];
        const double ratio = quantile(of.ratio, 0.5);
        const double added = of.allocations_through - of.allocations_bare;
        const bool quick = ratio >= about.least_ratio;
        const bool lean = is_handshake(about) || added <= most_allocations;
        all_kept = all_kept && quick && lean;
        to << "| " << about.name << " | " << rate(quantile(of.bare, 0.5)) << ' ' << about.unit
           << " | " << rate(quantile(of.through, 0.5)) << ' ' << about.unit << " | "
           << number(ratio, 3) << " | " << number(quantile(of.ratio, 0.25), 3) << " – "
           << number(quantile(of.ratio, 0.75), 3) << " | "
           << (about.least_ratio == 0 ? "" : promise("≥ " + number(about.least_ratio, 2), quick))
           << " | " << number(of.allocations_bare, is_handshake(about) ? 0 : 2) << " | "
           << (lean ? "" : "**") << number(added, is_handshake(about) ? 0 : 2)
           << (lean ? "" : " (promised: 0)**") << " |\n";
    }
    return all_kept;
}

bool write_idle(std::ostream& to, const std::vector<idle_comparison>& results) {
    to << "| heap of an idle connection, bytes | alone | through `connection` | added | promised "
          "|\n|---|---:|---:|---:|---:|\n";
    bool all_kept = true;
    const auto row = [&](const std::string& name, std::ptrdiff_t bare, std::ptrdiff_t through) {
        const std::ptrdiff_t added = through - bare;
        const bool kept = added <= most_idle_bytes;
        all_kept = all_kept && kept;
        to << "| " << name << " | " << bare << " | " << through << " | " << added << " | "
           << promise("≤ " + std::to_string(most_idle_bytes), kept) << " |\n";
    };
    for (const idle_comparison& each : results) {
        row(each.name + ", server", each.bare.server, each.through.server);
        row(each.name + ", client", each.bare.client, each.through.client);
    }
    return all_kept;
}

}  // namespace polytls::bench
