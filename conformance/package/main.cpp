#include <polytls/backends.hpp>
#include <polytls/core/version.hpp>
#include <polytls/spi/backend.hpp>

#include <iostream>

int main() {
    std::cout << "polytls " << polytls::library_version() << '\n';
    for (const polytls::spi::backend* backend : polytls::registered_backends()) {
        std::cout << backend->name() << ' ' << backend->version() << '\n';
    }
}
