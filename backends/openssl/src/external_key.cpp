// Keys that are elsewhere are an OpenSSL provider's (provider-keymgmt(7), provider-signature(7)):
// it is told what is to be signed and how, where an RSA_METHOD sees a padded block.
#include "external_key.hpp"

#include "late_answers.hpp"
#include "memory.hpp"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/proverr.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace polytls::openssl {
namespace {

constexpr const char* provider_name = "polytls";

/// A type of key, and the operation that signs with it, by OpenSSL's names.
struct key_type {
    const char* name;
    const char* signature;
};

constexpr key_type rsa{"RSA", "RSA"};
constexpr key_type rsa_pss{"RSA-PSS", "RSA"};
constexpr key_type ec{"EC", "ECDSA"};
constexpr key_type ed25519{"ED25519", "ED25519"};
constexpr key_type ed448{"ED448", "ED448"};

/// The public half, in the hands of OpenSSL's own provider; null until it is imported.
struct external_key {
    EVP_PKEY* known = nullptr;
};

using pkey_ctx_handle = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using params_handle = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;

const external_key& key_of(const void* data) noexcept {
    return *static_cast<const external_key*>(data);
}

pkey_handle from_data(OSSL_LIB_CTX* library, const char* type, const OSSL_PARAM* params) noexcept {
    const pkey_ctx_handle ctx(EVP_PKEY_CTX_new_from_name(library, type, nullptr));
    EVP_PKEY* made = nullptr;
    // OpenSSL only reads the parameters.
    if (!ctx || EVP_PKEY_fromdata_init(ctx.get()) != 1 ||
        EVP_PKEY_fromdata(ctx.get(), &made, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(params)) !=
            1) {
        return nullptr;
    }
    return pkey_handle(made);
}

void* new_key(void* /*provider*/) noexcept {
    return make<external_key>();
}

void free_key(void* data) noexcept {
    if (data != nullptr) {
        EVP_PKEY_free(key_of(data).known);
        unmake(static_cast<external_key*>(data));
    }
}

int has(const void* data, int /*selection*/) noexcept {
    return key_of(data).known != nullptr ? 1 : 0;
}

int match(const void* one, const void* other, int /*selection*/) noexcept {
    return EVP_PKEY_eq(key_of(one).known, key_of(other).known) == 1 ? 1 : 0;
}

template <const key_type& Type>
int import_key(void* data, int /*selection*/, const OSSL_PARAM* params) noexcept {
    auto& key = *static_cast<external_key*>(data);
    EVP_PKEY_free(std::exchange(key.known, nullptr));
    key.known = from_data(nullptr, Type.name, params).release();
    return key.known != nullptr ? 1 : 0;
}

/// OpenSSL wants to know of the function, but does not ask it for keys as these.
const OSSL_PARAM* import_types(int /*selection*/) noexcept {
    static constexpr OSSL_PARAM none[] = {OSSL_PARAM_END};
    return none;
}

int get_params(void* data, OSSL_PARAM* params) noexcept {
    return EVP_PKEY_get_params(key_of(data).known, params);
}

const OSSL_PARAM* gettable_params(void* /*provider*/) noexcept {
    static constexpr OSSL_PARAM every[] = {
        OSSL_PARAM_int(OSSL_PKEY_PARAM_BITS, nullptr),
        OSSL_PARAM_int(OSSL_PKEY_PARAM_SECURITY_BITS, nullptr),
        OSSL_PARAM_int(OSSL_PKEY_PARAM_MAX_SIZE, nullptr),
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_DEFAULT_DIGEST, nullptr, 0),
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_MANDATORY_DIGEST, nullptr, 0),
        OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, nullptr, 0),
        OSSL_PARAM_END};
    return every;
}

template <const key_type& Type>
const char* operation_name(int operation) noexcept {
    return operation == OSSL_OP_SIGNATURE ? Type.signature : nullptr;
}

/// One signature on its way.
struct signing {
    const EVP_PKEY* key = nullptr;  // Lives as long as the EVP_PKEY that is signed with.
    const EVP_MD* digest = nullptr;
    bool pss = false;
};

void* new_signing(void* /*provider*/, const char* /*properties*/) noexcept {
    return make<signing>();
}

void free_signing(void* data) noexcept {
    if (data != nullptr) {
        unmake(static_cast<signing*>(data));
    }
}

int set_signing_params(void* data, const OSSL_PARAM* params) noexcept {
    const OSSL_PARAM* mode = params == nullptr
                                 ? nullptr
                                 : OSSL_PARAM_locate_const(params, OSSL_SIGNATURE_PARAM_PAD_MODE);
    if (mode == nullptr) {
        return 1;
    }
    auto& under_way = *static_cast<signing*>(data);
    int number = 0;
    const char* name = nullptr;
    if (mode->data_type == OSSL_PARAM_UTF8_STRING &&
        OSSL_PARAM_get_utf8_string_ptr(mode, &name) == 1) {
        under_way.pss = std::strcmp(name, OSSL_PKEY_RSA_PAD_MODE_PSS) == 0;
        return 1;
    }
    if (OSSL_PARAM_get_int(mode, &number) != 1) {
        return 0;
    }
    under_way.pss = number == RSA_PKCS1_PSS_PADDING;
    return 1;
}

const OSSL_PARAM* settable_signing_params(void* /*signing*/, void* /*provider*/) noexcept {
    static constexpr OSSL_PARAM every[] = {
        OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE, nullptr, 0),
        // TLS leaves no choice of it (RFC 8446, section 4.2.3).
        OSSL_PARAM_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, nullptr, 0), OSSL_PARAM_END};
    return every;
}

int begin_signing(void* data, const char* digest, void* key, const OSSL_PARAM* params) noexcept {
    auto& under_way = *static_cast<signing*>(data);
    under_way.key = key_of(key).known;
    under_way.digest =
        digest == nullptr || *digest == '\0' ? nullptr : EVP_get_digestbyname(digest);
    return set_signing_params(data, params);
}

/// The place of the digest in the schemes' numbers; 0 for one that is not signed any more.
unsigned place_of(const EVP_MD* digest) noexcept {
    if (digest == nullptr) {
        return 0;
    }
    switch (EVP_MD_get_type(digest)) {
    case NID_sha256:
        return 1;
    case NID_sha384:
        return 2;
    case NID_sha512:
        return 3;
    default:
        return 0;
    }
}

std::optional<signature_scheme> scheme_of(const signing& under_way) noexcept {
    constexpr std::array<signature_scheme, 4> pkcs1 = {{{},
                                                        signature_scheme::rsa_pkcs1_sha256,
                                                        signature_scheme::rsa_pkcs1_sha384,
                                                        signature_scheme::rsa_pkcs1_sha512}};
    constexpr std::array<signature_scheme, 4> pss_rsae = {{{},
                                                           signature_scheme::rsa_pss_rsae_sha256,
                                                           signature_scheme::rsa_pss_rsae_sha384,
                                                           signature_scheme::rsa_pss_rsae_sha512}};
    constexpr std::array<signature_scheme, 4> pss_pss = {{{},
                                                          signature_scheme::rsa_pss_pss_sha256,
                                                          signature_scheme::rsa_pss_pss_sha384,
                                                          signature_scheme::rsa_pss_pss_sha512}};
    constexpr std::array<signature_scheme, 4> ecdsa = {{{},
                                                        signature_scheme::ecdsa_secp256r1_sha256,
                                                        signature_scheme::ecdsa_secp384r1_sha384,
                                                        signature_scheme::ecdsa_secp521r1_sha512}};
    const EVP_PKEY* key = under_way.key;
    if (EVP_PKEY_is_a(key, ed25519.name) == 1) {
        return signature_scheme::ed25519;
    }
    if (EVP_PKEY_is_a(key, ed448.name) == 1) {
        return signature_scheme::ed448;
    }
    const unsigned place = place_of(under_way.digest);
    if (place == 0) {
        return std::nullopt;
    }
    return (EVP_PKEY_is_a(key, ec.name) == 1        ? ecdsa
            : EVP_PKEY_is_a(key, rsa_pss.name) == 1 ? pss_pss
            : under_way.pss                         ? pss_rsae
                                                    : pkcs1)[place];
}

int refused() noexcept {
    ERR_raise(ERR_LIB_PROV, PROV_R_FAILED_TO_SIGN);
    return 0;
}

int sign(void* data,
         unsigned char* signature,
         std::size_t* size,
         std::size_t room,
         const unsigned char* message,
         std::size_t message_size) noexcept {
    const auto& under_way = *static_cast<const signing*>(data);
    if (signature == nullptr) {
        *size = static_cast<std::size_t>(EVP_PKEY_get_size(under_way.key));
        return 1;
    }
    const auto scheme = scheme_of(under_way);
    late_answers* const waits = late_answers::current();
    if (!scheme || waits == nullptr) {
        return refused();
    }
    bytes input{message, message_size};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned digest_size = 0;
    if (under_way.digest != nullptr) {
        if (EVP_Digest(message, message_size, digest.data(), &digest_size, under_way.digest,
                       nullptr) != 1) {
            return 0;
        }
        input = bytes(digest).first(digest_size);
    }
    const spi::answer answer = waits->sign({.scheme = *scheme, .input = input});
    if (answer.state != spi::answer_state::given || answer.data.size() > room) {
        return refused();
    }
    std::copy(answer.data.begin(), answer.data.end(), signature);
    *size = answer.data.size();
    return 1;
}

/// A provider's functions have as many types as there are functions.
template <class Function>
constexpr OSSL_DISPATCH entry(int number, Function* function) noexcept {
    return {number, reinterpret_cast<void (*)()>(function)};
}

template <const key_type& Type>
const OSSL_DISPATCH* key_functions() noexcept {
    static const OSSL_DISPATCH functions[] = {
        entry(OSSL_FUNC_KEYMGMT_NEW, new_key),
        entry(OSSL_FUNC_KEYMGMT_FREE, free_key),
        entry(OSSL_FUNC_KEYMGMT_HAS, has),
        entry(OSSL_FUNC_KEYMGMT_MATCH, match),
        entry(OSSL_FUNC_KEYMGMT_IMPORT, import_key<Type>),
        entry(OSSL_FUNC_KEYMGMT_IMPORT_TYPES, import_types),
        entry(OSSL_FUNC_KEYMGMT_GET_PARAMS, get_params),
        entry(OSSL_FUNC_KEYMGMT_GETTABLE_PARAMS, gettable_params),
        entry(OSSL_FUNC_KEYMGMT_QUERY_OPERATION_NAME, operation_name<Type>),
        {0, nullptr}};
    return functions;
}

const OSSL_DISPATCH* signature_functions() noexcept {
    static const OSSL_DISPATCH functions[] = {
        entry(OSSL_FUNC_SIGNATURE_NEWCTX, new_signing),
        entry(OSSL_FUNC_SIGNATURE_FREECTX, free_signing),
        entry(OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT, begin_signing),
        entry(OSSL_FUNC_SIGNATURE_DIGEST_SIGN, sign),
        entry(OSSL_FUNC_SIGNATURE_SET_CTX_PARAMS, set_signing_params),
        entry(OSSL_FUNC_SIGNATURE_SETTABLE_CTX_PARAMS, settable_signing_params),
        {0, nullptr}};
    return functions;
}

const OSSL_ALGORITHM* algorithms(void* /*provider*/, int operation, int* no_cache) noexcept {
    constexpr const char* property = "provider=polytls";
    static const OSSL_ALGORITHM keys[] = {
        {rsa.name, property, key_functions<rsa>(), nullptr},
        {rsa_pss.name, property, key_functions<rsa_pss>(), nullptr},
        {ec.name, property, key_functions<ec>(), nullptr},
        {ed25519.name, property, key_functions<ed25519>(), nullptr},
        {ed448.name, property, key_functions<ed448>(), nullptr},
        {nullptr, nullptr, nullptr, nullptr}};
    static const OSSL_ALGORITHM signatures[] = {
        {rsa.signature, property, signature_functions(), nullptr},
        {ec.signature, property, signature_functions(), nullptr},
        {ed25519.signature, property, signature_functions(), nullptr},
        {ed448.signature, property, signature_functions(), nullptr},
        {nullptr, nullptr, nullptr, nullptr}};
    *no_cache = 0;
    switch (operation) {
    case OSSL_OP_KEYMGMT:
        return keys;
    case OSSL_OP_SIGNATURE:
        return signatures;
    default:
        return nullptr;
    }
}

int begin_provider(const OSSL_CORE_HANDLE* /*core*/,
                   const OSSL_DISPATCH* /*from_core*/,
                   const OSSL_DISPATCH** functions,
                   void** provider) noexcept {
    static const OSSL_DISPATCH own[] = {entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, algorithms),
                                        {0, nullptr}};
    static char some_object = 0;
    *functions = own;
    *provider = &some_object;
    return 1;
}

OSSL_LIB_CTX* make_library() noexcept {
    OSSL_LIB_CTX* made = OSSL_LIB_CTX_new();
    if (made != nullptr && (OSSL_PROVIDER_add_builtin(made, provider_name, begin_provider) != 1 ||
                            OSSL_PROVIDER_load(made, provider_name) == nullptr)) {
        OSSL_LIB_CTX_free(made);
        made = nullptr;
    }
    return made;
}

/// Where the provider is: apart from all others, so that nobody else's keys come to it. Kept for
/// the life of the process.
OSSL_LIB_CTX* library() noexcept {
    static OSSL_LIB_CTX* const only = make_library();
    return only;
}

}  // namespace

pkey_handle make_external_key(X509* certificate) noexcept {
    const EVP_PKEY* known = X509_get0_pubkey(certificate);
    OSSL_PARAM* params = nullptr;
    if (known == nullptr || library() == nullptr ||
        EVP_PKEY_todata(known, EVP_PKEY_PUBLIC_KEY, &params) != 1) {
        return nullptr;
    }
    const params_handle owned(params);
    return from_data(library(), EVP_PKEY_get0_type_name(known), params);
}

}  // namespace polytls::openssl
