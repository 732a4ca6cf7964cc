#include <polytls/pem.hpp>
#include <polytls/transport/connect.hpp>

#include <iostream>

int main(int argc, char** argv) {
    asio::io_context io;
    polytls::connect_options options{.port = 443, .host = "example.com"};
    if (argc == 4) {  // HOST PORT CA-FILE
        options.host = argv[1];
        options.port = static_cast<std::uint16_t>(std::stoi(argv[2]));
        options.credentials.ca = polytls::value_of(polytls::read_file(argv[3]));
    }

    auto socket = polytls::value_of(polytls::connect(io, options));
    socket.on_secure_connect([socket]() mutable {
        std::cout << socket.get_protocol() << ' ' << socket.get_cipher()->name << '\n';
        socket.end("GET / HTTP/1.0\r\n\r\n");
    });
    socket.on_data([](polytls::bytes data) { std::cout << polytls::as_text(data); });
    socket.on_error([](const polytls::failure& why) { std::cerr << why.message << '\n'; });
    io.run();
}
