# Proves that CheckLayers.cmake notices each kind of breach: each is put into a copy of the tree.
cmake_minimum_required(VERSION 3.25)

execute_process(
    COMMAND mktemp -d
    OUTPUT_VARIABLE copy
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
file(COPY ${ROOT}/api ${ROOT}/backends ${ROOT}/transport DESTINATION ${copy})

macro(check_copy)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -DROOT=${copy} -P ${CMAKE_CURRENT_LIST_DIR}/CheckLayers.cmake
        RESULT_VARIABLE result
        OUTPUT_VARIABLE output
        ERROR_VARIABLE output)
endmacro()

set(failures "")

function(expect_refused file text)
    file(WRITE ${copy}/${file} "${text}\n")
    check_copy()
    file(REMOVE ${copy}/${file})
    if(result EQUAL 0 OR NOT output MATCHES "${file}")
        list(APPEND failures "${text} in ${file} was not refused")
        set(failures "${failures}" PARENT_SCOPE)
    endif()
endfunction()

function(expect_allowed file text)
    file(WRITE ${copy}/${file} "${text}\n")
    check_copy()
    file(REMOVE ${copy}/${file})
    if(NOT result EQUAL 0)
        list(APPEND failures "${text} in ${file} was refused: ${output}")
        set(failures "${failures}" PARENT_SCOPE)
    endif()
endfunction()

expect_refused(api/src/core/planted.cpp "#include <openssl/ssl.h>")
expect_refused(api/src/core/planted.cpp "#include <polytls/error.hpp>")
expect_refused(api/src/core/planted.cpp "#include <vector>")
expect_refused(api/include/polytls/spi/planted.hpp "#include <string>")
expect_refused(api/include/polytls/planted.hpp "#include <asio/io_context.hpp>")
expect_refused(api/src/planted.cpp "#include <unistd.h>")
expect_refused(api/src/planted.cpp "#include <sys/stat.h>")
expect_refused(api/src/planted.cpp "#include <polytls/transport/stream.hpp>")
expect_refused(api/src/planted.cpp "#include \"../../backends/openssl/src/errors.hpp\"")
expect_refused(api/src/planted.cpp "#if OPENSSL_VERSION_NUMBER >= 0x30000000L")
expect_refused(api/src/planted.cpp "#ifdef MBEDTLS_SSL_ALPN")
expect_refused(api/src/planted.cpp "    if (name == \"wolfssl\") {")
expect_refused(backends/openssl/src/planted.cpp "#include <polytls/error.hpp>")
expect_refused(backends/openssl/src/planted.cpp "#include <polytls/wolfssl/backend.hpp>")
expect_refused(backends/openssl/src/planted.cpp "#include <mbedtls/ssl.h>")
expect_refused(backends/openssl/src/planted.cpp "#include <asio.hpp>")
expect_refused(backends/openssl/src/planted.cpp "#include \"../../mbedtls/src/errors.hpp\"")
expect_refused(backends/openssl/src/planted.cpp "#include <polytls/core/detail/list.hpp>")
expect_refused(backends/openssl/src/planted.cpp "#if OPENSSL_VERSION_NUMBER >= 0x30000000L")
expect_refused(backends/contract/planted_test.cpp "#include <openssl/ssl.h>")
expect_refused(backends/contract/planted_test.cpp "#include <polytls/openssl/backend.hpp>")
expect_refused(backends/contract/planted_test.cpp "#include <polytls/error.hpp>")
expect_refused(backends/contract/planted_test.cpp "#include \"../openssl/src/errors.hpp\"")
expect_refused(backends/contract/planted_test.cpp "    if (the_backend().name() == \"wolfssl\") {")
expect_refused(backends/contract/planted_test.cpp "#ifdef OPENSSL_VERSION_NUMBER")
expect_refused(backends/contract/planted_test.cpp "#ifdef MBEDTLS_SSL_ALPN")
expect_refused(transport/src/planted.cpp "#include <polytls/spi/engine.hpp>")
expect_refused(transport/src/planted.cpp "#include <polytls/detail/list.hpp>")
expect_refused(transport/src/planted.cpp "#  include <wolfssl/ssl.h>")
expect_refused(conformance/planted_test.cpp "#include <openssl/x509.h>")
expect_refused(tools/planted.cpp "#include \"../transport/src/accept_loop.hpp\"")

expect_allowed(api/src/core/planted.cpp "#include <memory>")
expect_allowed(api/src/planted.cpp "#include <tl/expected.hpp>\n#include <string>")
expect_allowed(backends/openssl/src/planted.cpp "#include \"compat.hpp\"\n#include <openssl/ssl.h>")
expect_allowed(backends/openssl/src/compat.hpp "#if OPENSSL_VERSION_NUMBER >= 0x30200000L")
expect_allowed(backends/contract/planted_test.cpp "#include <polytls/spi/backend.hpp>\n#include \"link.hpp\"")
expect_allowed(transport/src/planted.cpp "#include <asio/ip/tcp.hpp>\n#include <polytls/transport/detail/io_op.hpp>")
expect_allowed(conformance/testkit/pki_planted.cpp "#include <openssl/x509.h>")

file(REMOVE_RECURSE ${copy})
if(failures)
    list(JOIN failures "\n  " text)
    message(FATAL_ERROR "The layer check is blind:\n  ${text}")
endif()
