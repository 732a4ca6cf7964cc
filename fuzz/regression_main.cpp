// A target without libFuzzer: its seeds, and mutations of them that are the same in each run. Any
// compiler builds it, and every preset's tests run it. With files as arguments it runs those.
#include "mutator.hpp"
#include "target.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using polytls::fuzz::octets;

/// How long one input may take, in seconds; a target that hangs is killed.
constexpr unsigned longest_run = 30;

struct arguments {
    std::string findings{};  ///< The folder that the input of a finding is written to.
    std::uint64_t seed = 1;
    std::size_t runs = 0;
    std::vector<std::string> files{};
};

arguments parse(int argc, char** argv) {
    arguments parsed;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const std::size_t equals = argument.find('=');
        const std::string_view name = argument.substr(0, equals);
        const std::string value(equals == argument.npos ? "" : argument.substr(equals + 1));
        if (name == "--runs") {
            parsed.runs = std::strtoull(value.c_str(), nullptr, 10);
        } else if (name == "--seed") {
            parsed.seed = std::strtoull(value.c_str(), nullptr, 10);
        } else if (name == "--findings") {
            parsed.findings = value;
        } else {
            parsed.files.emplace_back(argument);
        }
    }
    return parsed;
}

octets contents_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        std::cerr << path << " cannot be read\n";
        std::exit(2);
    }
    return octets(std::istreambuf_iterator<char>(file), {});
}

/// Input number `number`: first the seeds themselves, then mutations.
octets input_number(std::size_t number, const std::vector<octets>& seeds, std::uint64_t seed) {
    return number < seeds.size() ? seeds[number] : polytls::fuzz::mutation_of(seeds, seed + number);
}

void run(const octets& input) {
    alarm(longest_run);
    LLVMFuzzerTestOneInput(input.data(), input.size());
    alarm(0);
}

/// Runs all inputs in a process of their own, whose end, however it comes, is told by `reached`.
int run_in_child(const arguments& how, const std::vector<octets>& seeds, std::size_t& reached) {
    const pid_t child = fork();
    if (child == 0) {
        for (; reached < seeds.size() + how.runs; ++reached) {
            run(input_number(reached, seeds, how.seed));
        }
        std::exit(0);
    }
    int outcome = 0;
    if (child < 0 || waitpid(child, &outcome, 0) != child) {
        std::perror("fork");
        std::exit(2);
    }
    return outcome;
}

/// Writes the input that ended the child, and says how to run it again.
void tell(const arguments& how, const octets& input, const char* program, std::size_t number) {
    const std::string path = how.findings + "/finding-" + std::to_string(number);
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(input.data()),
               static_cast<std::streamsize>(input.size()));
    std::cerr << "Input " << number << " of seed " << how.seed
              << " ended the run. Once more: " << program << ' ' << path << '\n';
}

}  // namespace

int main(int argc, char** argv) {
    const arguments how = parse(argc, argv);
    for (const std::string& path : how.files) {
        run(contents_of(path));
    }
    if (!how.files.empty()) {
        return 0;
    }

    void* page = mmap(nullptr, sizeof(std::size_t), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        std::perror("mmap");
        return 2;
    }
    auto& reached = *static_cast<std::size_t*>(page);
    const std::vector<octets> seeds = polytls::fuzz::seeds();
    // Flushed before the fork, or it would be said twice.
    std::cout << seeds.size() << " seeds, " << how.runs << " mutations of seed " << how.seed
              << std::endl;
    if (const int outcome = run_in_child(how, seeds, reached); outcome != 0) {
        if (reached < seeds.size() + how.runs) {
            tell(how, input_number(reached, seeds, how.seed), argv[0], reached);
        }
        const bool killed = WIFSIGNALED(outcome);
        std::cerr << "The run ended with " << (killed ? "signal " : "status ")
                  << (killed ? WTERMSIG(outcome) : WEXITSTATUS(outcome)) << '\n';
        return 1;
    }
    return 0;
}
