# What a build can be asked for. Included once, by the top CMakeLists.txt.

set(POLYTLS_KNOWN_BACKENDS openssl mbedtls wolfssl)

set(POLYTLS_BACKENDS "openssl" CACHE STRING "TLS libraries to build adapters for")
set(POLYTLS_DEFAULT_BACKEND "" CACHE STRING "The backend used where none is named; empty: the first of POLYTLS_BACKENDS")
set(POLYTLS_SANITIZE "" CACHE STRING "Sanitizers to build with: \"address;undefined\" or \"thread\"")
option(POLYTLS_BUILD_TRANSPORT "Build the Asio transport" ON)
option(POLYTLS_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(POLYTLS_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(POLYTLS_BUILD_TOOLS "Build the polytls command" ${PROJECT_IS_TOP_LEVEL})
option(POLYTLS_BUILD_BENCH "Build the benchmarks" OFF)
option(POLYTLS_BUILD_FUZZ "Build the fuzz targets for libFuzzer, with Clang" OFF)
option(POLYTLS_INSTALL "Make the install target" ${PROJECT_IS_TOP_LEVEL})
option(POLYTLS_WERROR "Treat warnings as errors" OFF)

if(NOT POLYTLS_BACKENDS)
    message(FATAL_ERROR "POLYTLS_BACKENDS is empty. Name at least one of: ${POLYTLS_KNOWN_BACKENDS}")
endif()

if(POLYTLS_BUILD_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(
            FATAL_ERROR
                "POLYTLS_BUILD_FUZZ needs Clang, whose libFuzzer drives the targets; CMAKE_CXX_COMPILER is "
                "${CMAKE_CXX_COMPILER}.\nThe preset fuzz sets all that is needed: cmake --preset fuzz")
    endif()
    if(NOT "address" IN_LIST POLYTLS_SANITIZE)
        message(
            FATAL_ERROR
                "POLYTLS_BUILD_FUZZ needs POLYTLS_SANITIZE to name address, without which most faults would go "
                "unseen; it is \"${POLYTLS_SANITIZE}\".")
    endif()
endif()

set(existing "")
foreach(name IN LISTS POLYTLS_KNOWN_BACKENDS)
    if(EXISTS ${PROJECT_SOURCE_DIR}/backends/${name}/CMakeLists.txt)
        list(APPEND existing ${name})
    endif()
endforeach()

foreach(name IN LISTS POLYTLS_BACKENDS)
    if(NOT name IN_LIST POLYTLS_KNOWN_BACKENDS)
        list(JOIN POLYTLS_KNOWN_BACKENDS ", " known)
        message(FATAL_ERROR "POLYTLS_BACKENDS names \"${name}\", which is no backend. Known are: ${known}")
    endif()
    if(NOT name IN_LIST existing)
        list(JOIN existing ", " listed)
        message(FATAL_ERROR "POLYTLS_BACKENDS asks for \"${name}\", whose adapter does not exist yet. There is: ${listed}")
    endif()
endforeach()

set(default "${POLYTLS_DEFAULT_BACKEND}")
if(default STREQUAL "")
    list(GET POLYTLS_BACKENDS 0 default)
elseif(NOT default IN_LIST POLYTLS_BACKENDS)
    list(JOIN POLYTLS_BACKENDS ", " listed)
    message(FATAL_ERROR "POLYTLS_DEFAULT_BACKEND is \"${default}\", which POLYTLS_BACKENDS does not build. It builds: ${listed}")
endif()
set(polytls_default_backend ${default})

# The order of the known list, whatever order the caller chose: OpenSSL has to come before wolfSSL
# on a link line, since libwolfssl defines some of libssl's symbols.
set(polytls_backends "")
foreach(name IN LISTS POLYTLS_KNOWN_BACKENDS)
    if(name IN_LIST POLYTLS_BACKENDS)
        list(APPEND polytls_backends ${name})
    endif()
endforeach()

if(PROJECT_IS_TOP_LEVEL)
    set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
    if(NOT POLYTLS_SANITIZE)
        set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
    endif()
    find_program(POLYTLS_CCACHE ccache)
    mark_as_advanced(POLYTLS_CCACHE)
    if(POLYTLS_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
        set(CMAKE_CXX_COMPILER_LAUNCHER ${POLYTLS_CCACHE})
        set(CMAKE_C_COMPILER_LAUNCHER ${POLYTLS_CCACHE})
    endif()
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
        set(CMAKE_BUILD_TYPE Release)
    endif()
endif()
