// The manual's client of the echo server: sends a line and prints what comes back.
//
//   echo_client PORT KEY-FILE CERT-FILE SERVER-CA-FILE TEXT
#include <polytls/pem.hpp>
#include <polytls/transport/connect.hpp>

#include <iostream>
#include <string>

int main(int argc, char** argv) try {
    if (argc != 6) {
        std::cerr << "usage: echo_client PORT KEY-FILE CERT-FILE SERVER-CA-FILE TEXT\n";
        return 2;
    }
    asio::io_context io;
    const polytls::connect_options options{
        .port = static_cast<std::uint16_t>(std::stoi(argv[1])),
        .credentials = {.key = polytls::value_of(polytls::read_file(argv[2])),
                        .cert = polytls::value_of(polytls::read_file(argv[3])),
                        .ca =
                            polytls::one_or_many(polytls::value_of(polytls::read_file(argv[4])))}};

    int status = 0;
    auto socket = polytls::value_of(polytls::connect(io, options));
    socket.on_secure_connect([socket, text = std::string(argv[5])]() mutable {
        std::cout << "client connected " << (socket.authorized() ? "authorized" : "unauthorized")
                  << '\n';
        socket.end(text + "\n");
    });
    socket.on_data([](polytls::bytes data) { std::cout << polytls::as_text(data); });
    socket.on_error([&status](const polytls::failure& why) {
        std::cerr << why.name() << ": " << why.message << '\n';
        status = 1;
    });
    io.run();
    return status;

} catch (const std::exception& error) {

    std::cerr << error.what() << '\n';
    return 1;
}
