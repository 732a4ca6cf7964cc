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
    SOURCES)
target_link_libraries(polytls_api PUBLIC polytls_core tl::expected)
