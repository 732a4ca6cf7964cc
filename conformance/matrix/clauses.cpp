#include "clauses.hpp"

#include <fstream>
#include <stdexcept>

namespace polytls::conformance {
namespace {

std::ifstream open(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) {
        throw std::runtime_error("cannot read " + file.string());
    }
    return in;
}

bool is_id(const std::string& word) {
    return word.size() > 2 && (word[0] == 'M' || word[0] == 'X') && word[1] == '-';
}

/// The first word of a line, and the rest without the blanks between.
std::pair<std::string, std::string> split(const std::string& line) {
    const std::size_t space = line.find(' ');
    const std::size_t rest = line.find_first_not_of(' ', space);
    return {line.substr(0, space), rest == std::string::npos ? std::string() : line.substr(rest)};
}

}  // namespace

std::vector<clause> read_clauses(const std::filesystem::path& file) {
    std::ifstream in = open(file);
    std::vector<clause> clauses;
    std::string heading;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("## ")) {
            heading = line.substr(3);
        } else if (auto [id, promise] = split(line); is_id(id)) {
            clauses.push_back({id, promise, heading});
        }
    }
    return clauses;
}

std::map<std::string, std::string> read_pending(const std::filesystem::path& file) {
    std::ifstream in = open(file);
    std::map<std::string, std::string> pending;
    for (std::string line; std::getline(in, line);) {
        if (!line.empty() && line[0] != '#') {
            pending.insert(split(line));
        }
    }
    return pending;
}

}  // namespace polytls::conformance
