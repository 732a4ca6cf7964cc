// The function that replaces libcrypto's generator is deprecated in favour of providers, which take
// some hundred lines for the same.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "pki_random.hpp"

#include <openssl/rand.h>

#include <random>
#include <stdexcept>

namespace polytls::testkit {
namespace {

std::mt19937_64& generator() {
    static std::mt19937_64 only;  // NOLINT(cert-msc32-c,cert-msc51-cpp): it is to repeat itself.
    return only;
}

int fill(unsigned char* buffer, int size) {
    for (int i = 0; i < size; ++i) {
        buffer[i] = static_cast<unsigned char>(generator()());
    }
    return 1;
}

int seed_from(const void* /*data*/, int /*size*/) {
    return 1;
}

int add(const void* /*data*/, int /*size*/, double /*entropy*/) {
    return 1;
}

int ready() {
    return 1;
}

}  // namespace

void seed_libcrypto(std::uint64_t seed) {
    static const RAND_METHOD method = {.seed = seed_from,
                                       .bytes = fill,
                                       .cleanup = nullptr,
                                       .add = add,
                                       .pseudorand = fill,
                                       .status = ready};
    generator().seed(seed);
    if (RAND_set_rand_method(&method) != 1) {
        throw std::runtime_error("libcrypto failed: RAND_set_rand_method");
    }
}

}  // namespace polytls::testkit
