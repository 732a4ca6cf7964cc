#include "root_certificate_files.hpp"

#include <polytls/core/x509.hpp>
#include <polytls/pem.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace polytls::detail {
namespace {

namespace fs = std::filesystem;

// A program that runs with another user's rights must not let its caller choose whom it trusts.
const char* environment(const char* name) {
#if defined(__GLIBC__)
    const char* const value = ::secure_getenv(name);
#else
    const char* const value = std::getenv(name);
#endif
    return value != nullptr && *value != '\0' ? value : nullptr;
}

std::vector<std::string> split_at_colons(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t colon = std::min(text.find(':'), text.size());
        if (colon != 0) {
            parts.emplace_back(text.substr(0, colon));
        }
        text.remove_prefix(std::min(colon + 1, text.size()));
    }
    return parts;
}

/// Gathers certificates, each of them once.
class gathering {
public:
    void add_file(const std::string& path) {
        if (const result<std::string> text = read_file(path)) {
            add_text(*text);
        }
    }

    // A directory made by c_rehash has each certificate twice: as a file and by its hash.
    void add_directory(const std::string& path) {
        std::error_code failed;
        std::vector<std::string> files;
        for (fs::directory_iterator entry(path, failed), end; !failed && entry != end;
             entry.increment(failed)) {
            std::error_code unreadable;
            if (entry->is_regular_file(unreadable) && names_certificate(entry->path())) {
                files.push_back(entry->path().string());
            }
        }
        std::sort(files.begin(), files.end());
        for (const std::string& file : files) {
            add_file(file);
        }
    }

    bool empty() const { return list_.empty(); }

    certificate_list take() { return std::move(list_); }

private:
    /// Whether a file is named "*.pem", "*.crt", or by a hash as "5ad8a5d6.0".
    static bool names_certificate(const fs::path& path) {
        const std::string extension = path.extension().string();
        if (extension == ".pem" || extension == ".crt") {
            return true;
        }
        const auto is_one_of = [](std::string_view set) {
            return [set](char c) { return set.find(c) != std::string_view::npos; };
        };
        const std::string hash = path.stem().string();
        return hash.size() == 8 && extension.size() > 1 &&
               std::all_of(hash.begin(), hash.end(), is_one_of("0123456789abcdefABCDEF")) &&
               std::all_of(extension.begin() + 1, extension.end(), is_one_of("0123456789"));
    }

    // One block that is broken must not cost a machine all the others: each is split by itself.
    void add_text(std::string_view text) {
        constexpr std::string_view begin = "-----BEGIN ";
        if (!looks_like_pem(text)) {
            add(as_bytes(text));
            return;
        }
        std::size_t start = text.find(begin);
        while (start != std::string_view::npos) {
            const std::size_t next = text.find(begin, start + 1);
            if (const auto blocks = split_pem(text.substr(start, next - start))) {
                for (const pem_block& block : *blocks) {
                    if (block.label == "CERTIFICATE" || block.label == "X509 CERTIFICATE") {
                        add(block.der);
                    }
                }
            }
            start = next;
        }
    }

    void add(bytes der) {
        x509::certificate_view parsed;
        if (x509::parse_certificate(der, parsed)) {
            return;
        }
        std::vector<std::uint8_t> certificate(der.begin(), der.end());
        if (known_.insert(certificate).second) {
            list_.push_back(std::move(certificate));
        }
    }

    certificate_list list_;
    std::set<std::vector<std::uint8_t>> known_;
};

failure none_found(const root_certificate_places& places) {
    std::string message{message_of(errc::no_root_certificates)};
    message += "; looked in ";
    std::string_view separator;
    for (const auto* list : {&places.files, &places.directories}) {
        for (const std::string& place : *list) {
            message.append(separator).append(place);
            separator = ", ";
        }
    }
    if (separator.empty()) {
        message += "no place at all";
    }
    return make_failure(errc::no_root_certificates, std::move(message), "ca");
}

}  // namespace

root_certificate_places usual_root_certificate_places() {
    const char* const file = environment("SSL_CERT_FILE");
    const char* const directories = environment("SSL_CERT_DIR");
    if (file != nullptr || directories != nullptr) {
        root_certificate_places chosen;
        if (file != nullptr) {
            chosen.files.emplace_back(file);
        }
        if (directories != nullptr) {
            chosen.directories = split_at_colons(directories);
        }
        return chosen;
    }
    return {.files = {"/etc/ssl/certs/ca-certificates.crt",                 // Debian, Arch, Gentoo
                      "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
                      "/etc/pki/tls/certs/ca-bundle.crt",                   // older Fedora
                      "/etc/ssl/ca-bundle.pem",                             // SUSE
                      "/etc/ssl/cert.pem",                                  // Alpine, BSD, macOS
                      "/usr/local/share/certs/ca-root-nss.crt"},            // FreeBSD
            .directories = {"/etc/ssl/certs", "/etc/pki/tls/certs"},
            .first_only = true};
}

result<certificate_list> read_root_certificates(const root_certificate_places& places) {
    gathering found;
    const auto enough = [&] { return places.first_only && !found.empty(); };
    for (const std::string& file : places.files) {
        if (!enough()) {
            found.add_file(file);
        }
    }
    for (const std::string& directory : places.directories) {
        if (!enough()) {
            found.add_directory(directory);
        }
    }
    if (found.empty()) {
        return tl::make_unexpected(none_found(places));
    }
    return found.take();
}

}  // namespace polytls::detail
