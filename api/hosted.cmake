# The hosted ring: what programs include.
polytls_find(tl-expected DEBIAN libexpected-dev FOR "the hosted ring" EXPORTED)
polytls_add_library(
    api
    HEADERS
        include/polytls/backends.hpp
        include/polytls/byte_buffer.hpp
        include/polytls/certificate.hpp
        include/polytls/cipher_list.hpp
        include/polytls/cipher_suite.hpp
        include/polytls/context_options.hpp
        include/polytls/endpoint.hpp
        include/polytls/endpoint_settings.hpp
        include/polytls/error.hpp
        include/polytls/event.hpp
        include/polytls/late_answer.hpp
        include/polytls/one_or_many.hpp
        include/polytls/pem.hpp
        include/polytls/result.hpp
        include/polytls/root_certificates.hpp
        include/polytls/secure_context.hpp
        include/polytls/secure_pair.hpp
        include/polytls/server_core.hpp
        include/polytls/sni_table.hpp
        include/polytls/system_moment.hpp
    SOURCES
        src/byte_buffer.cpp
        src/endpoint.cpp
        src/endpoint_state.cpp
        src/protocol_names.cpp
        src/secure_pair.cpp
        src/secure_pair_state.cpp
        src/server_core.cpp
        src/sni_table.cpp)
target_link_libraries(polytls_api PUBLIC polytls_core tl::expected)
