#pragma once

#include "openssl_tool.hpp"

#include <string>
#include <string_view>

/// Certificates and keys in every form that inputs come in, made when they are first asked for. The
/// views live as long as the process.
namespace polytls::testkit {

inline constexpr std::string_view sample_passphrase = "correct horse battery";

/// What `openssl` made, all of it PEM.
struct sample_texts {
    std::string root_certificate;
    std::string leaf_certificate;
    std::string leaf_key;
    std::string encrypted_leaf_key;              ///< PKCS#8.
    std::string traditional_encrypted_leaf_key;  ///< With a DEK-Info header.
    std::string ed25519_certificate;             ///< Of another type of key than the leaf's.
    std::string trusted_root_certificate;        ///< OpenSSL's own form, with trust settings.
};

inline const sample_texts& samples() {
    static const sample_texts made = [] {
        const openssl_tool tool;
        const auto self_signed = [&tool](const std::string& name, const std::string& algorithm) {
            tool.run("genpkey -algorithm " + algorithm + " -out " + name + ".key");
            return tool.run("req -x509 -key " + name + ".key -days 36500 -subj '/CN=" + name + "'");
        };
        const std::string p256 = "EC -pkeyopt ec_paramgen_curve:P-256";
        const std::string passphrase = " -passout 'pass:" + std::string(sample_passphrase) + "'";
        sample_texts texts;
        texts.root_certificate = self_signed("root.test", p256);
        texts.leaf_certificate = self_signed("leaf.test", p256);
        texts.ed25519_certificate = self_signed("other.test", "ED25519");
        texts.leaf_key = tool.run("pkcs8 -topk8 -nocrypt -in leaf.test.key");
        texts.encrypted_leaf_key = tool.run("pkcs8 -topk8 -in leaf.test.key" + passphrase);
        texts.traditional_encrypted_leaf_key =
            tool.run("ec -in leaf.test.key -aes128" + passphrase);
        tool.write("root.pem", texts.root_certificate);
        texts.trusted_root_certificate = tool.run("x509 -in root.pem -trustout");
        return texts;
    }();
    return made;
}

inline std::string_view sample_root_certificate() {
    return samples().root_certificate;
}

inline std::string_view sample_leaf_certificate() {
    return samples().leaf_certificate;
}

inline std::string_view sample_leaf_key() {
    return samples().leaf_key;
}

inline std::string_view sample_encrypted_leaf_key() {
    return samples().encrypted_leaf_key;
}

inline std::string_view sample_traditional_encrypted_leaf_key() {
    return samples().traditional_encrypted_leaf_key;
}

inline std::string_view sample_ed25519_certificate() {
    return samples().ed25519_certificate;
}

inline std::string_view sample_trusted_root_certificate() {
    return samples().trusted_root_certificate;
}

}  // namespace polytls::testkit
