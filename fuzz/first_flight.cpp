#include "first_flight.hpp"

#include "parties.hpp"

#include <polytls/byte_buffer.hpp>
#include <polytls/core/connection.hpp>

#include <array>
#include <testkit/pki_random.hpp>

namespace polytls::fuzz {

std::vector<octets> first_flights() {
    constexpr std::array<std::uint8_t, 12> protocols = {2,   'h', '2', 8,   'h', 't',
                                                        't', 'p', '/', '1', '.', '1'};
    const connection_settings plain;
    const connection_settings rich{.server_name = "www.example.org",
                                   .protocols = protocol_list(protocols),
                                   .request_ocsp = true};
    std::vector<octets> flights;
    for (const version_range versions : version_ranges()) {
        const party& client = party_for(role::client, persona::nobody, versions);
        for (const connection_settings* settings : {&plain, &rich}) {
            testkit::seed_libcrypto(flights.size());
            connection tls(client.context.implementation(), *settings);
            byte_buffer flight;
            tls.handshake({}, flight, beginning());
            flights.emplace_back(flight.data().begin(), flight.data().end());
        }
    }
    return flights;
}

}  // namespace polytls::fuzz
