#include "random.hpp"

#include "compat.hpp"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>

namespace polytls::mbedtls {
namespace {

class generator {
public:
    generator() noexcept {
        mbedtls_entropy_init(&entropy_);
        mbedtls_ctr_drbg_init(&drbg_);
        constexpr unsigned char personal[] = "polytls";
        seeded_ = mbedtls_ctr_drbg_seed(&drbg_, mbedtls_entropy_func, &entropy_, personal,
                                        sizeof personal - 1);
    }

    int fill(unsigned char* output, std::size_t size) noexcept {
        while (seeded_ == 0 && size > MBEDTLS_CTR_DRBG_MAX_REQUEST) {
            if (const int failed =
                    mbedtls_ctr_drbg_random(&drbg_, output, MBEDTLS_CTR_DRBG_MAX_REQUEST)) {
                return failed;
            }
            output += MBEDTLS_CTR_DRBG_MAX_REQUEST;
            size -= MBEDTLS_CTR_DRBG_MAX_REQUEST;
        }
        return seeded_ != 0 ? seeded_ : mbedtls_ctr_drbg_random(&drbg_, output, size);
    }

private:
    mbedtls_entropy_context entropy_;
    mbedtls_ctr_drbg_context drbg_;
    int seeded_ = 0;
};

}  // namespace

int fill_random(void* /*unused*/, unsigned char* output, std::size_t size) noexcept {
    // It is trivial to destroy, and so it is there for connections that outlive main.
    static generator only;
    return only.fill(output, size);
}

}  // namespace polytls::mbedtls
