#pragma once

#include "reporter.hpp"
#include "session_directory.hpp"

#include <polytls/transport/server.hpp>

#include <CLI/CLI.hpp>
#include <asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace polytls::tool {

/// What `serve` answers to the questions of its connections, and when: the flags, and what they do.
class server_answers {
public:
    /// Adds the flags to the subcommand.
    void add_to(CLI::App& command);

    /// Reads the files; a failure names the flag and the file.
    std::optional<failure> prepare();

    /// Has a server's questions answered and told. Both outlive the server.
    void answer(server& asking, asio::io_context& loop, reporter& report);

private:
    void store(bytes id, bytes data, const std::function<void()>& done);
    void find(bytes id, const late_answer<std::vector<std::uint8_t>>& done);
    void
    staple(bytes certificate, bytes issuer, const late_answer<std::vector<std::uint8_t>>& done);
    void after(std::int64_t milliseconds, std::function<void()> call);

    std::string session_folder_;
    std::int64_t session_delay_ = 0;
    std::string session_answer_ = "data";
    std::string ocsp_file_;
    std::int64_t ocsp_delay_ = 0;
    std::string ocsp_answer_ = "data";

    std::optional<session_directory> sessions_;
    std::vector<std::uint8_t> ocsp_response_;
    asio::io_context* loop_ = nullptr;
    reporter* report_ = nullptr;
};

}  // namespace polytls::tool
