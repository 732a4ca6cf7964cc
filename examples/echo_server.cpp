// The manual's echo server: greets, and sends back what comes.
//
//   echo_server PORT KEY-FILE CERT-FILE CLIENT-CA-FILE
//
// A client is asked for a certificate and let in without one. Port 0 picks a free port.
#include <polytls/pem.hpp>
#include <polytls/transport/server.hpp>

#include <iostream>
#include <string>

int main(int argc, char** argv) try {
    if (argc != 5) {
        std::cerr << "usage: echo_server PORT KEY-FILE CERT-FILE CLIENT-CA-FILE\n";
        return 2;
    }
    asio::io_context io;
    const polytls::server_options options{
        .credentials = {.key = polytls::value_of(polytls::read_file(argv[2])),
                        .cert = polytls::value_of(polytls::read_file(argv[3])),
                        .ca = polytls::one_or_many(polytls::value_of(polytls::read_file(argv[4])))},
        .request_cert = true};

    auto server =
        polytls::value_of(polytls::create_server(io, options, [](polytls::tls_socket socket) {
            std::cout << "server connected "
                      << (socket.authorized() ? "authorized" : "unauthorized") << std::endl;
            socket.on_error([](const polytls::failure& why) { std::cerr << why.message << '\n'; });
            socket.write("welcome!\n");
            socket.pipe(socket);
        }));
    server.on_error([](const polytls::failure& why) { std::cerr << why.message << '\n'; });
    server.listen(static_cast<std::uint16_t>(std::stoi(argv[1])), "127.0.0.1", [&server] {
        std::cout << "server bound to port " << server.address().port << std::endl;
    });
    io.run();

} catch (const std::exception& error) {

    std::cerr << error.what() << '\n';
    return 1;
}
