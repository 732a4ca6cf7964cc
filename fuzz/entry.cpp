// The functions by which libFuzzer knows a target; the regression runs use them too.
#include "target.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace polytls::fuzz {
namespace {

constexpr std::string_view make_seeds = "--make-seeds=";

/// Writes the target's seeds as files into a folder.
void write_seeds(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    int number = 0;
    for (const octets& seed : seeds()) {
        std::ofstream file(folder / ("seed-" + std::to_string(number++)), std::ios::binary);
        file.write(reinterpret_cast<const char*>(seed.data()),
                   static_cast<std::streamsize>(seed.size()));
        if (!file.flush()) {
            std::cerr << "The seeds cannot be written to " << folder << '\n';
            std::exit(1);
        }
    }
}

}  // namespace

}  // namespace polytls::fuzz

// NOLINTBEGIN(readability-identifier-naming): libFuzzer's names.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// `--make-seeds=FOLDER` writes the seeds and ends.
int LLVMFuzzerInitialize(int* argc, char*** argv) {
    for (int i = 1; i < *argc; ++i) {
        const std::string_view argument = (*argv)[i];
        if (argument.starts_with(polytls::fuzz::make_seeds)) {
            polytls::fuzz::write_seeds(argument.substr(polytls::fuzz::make_seeds.size()));
            std::exit(0);
        }
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    polytls::fuzz::run({data, size});
    return 0;
}

// NOLINTEND(readability-identifier-naming)
