# The hosted ring: what programs include.
polytls_find(tl-expected DEBIAN libexpected-dev FOR "the hosted ring" EXPORTED)
polytls_add_library(
    api
    HEADERS
        include/polytls/backends.hpp
        include/polytls/certificate.hpp
        include/polytls/cipher_list.hpp
        include/polytls/cipher_suite.hpp
        include/polytls/context_options.hpp
        include/polytls/error.hpp
        include/polytls/one_or_many.hpp
        include/polytls/pem.hpp
        include/polytls/result.hpp
        include/polytls/root_certificates.hpp
        include/polytls/secure_context.hpp
    SOURCES
        src/anchor_cache.cpp
        src/backends.cpp
        src/base64.cpp
        src/cipher_list.cpp
        src/cipher_suite.cpp
        src/error.cpp
        src/identity_input.cpp
        src/input_text.cpp
        src/pem.cpp
        src/protocol_input.cpp
        src/read_file.cpp
        src/root_certificate_files.cpp
        src/root_certificates.cpp
        src/secure_context.cpp
        src/system_error_name.cpp
        src/trust_input.cpp)
target_link_libraries(polytls_api PUBLIC polytls_core tl::expected)
