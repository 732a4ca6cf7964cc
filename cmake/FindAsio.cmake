# Finds standalone Asio (header-only). Defines Asio::Asio, Asio_FOUND and Asio_VERSION.
find_path(Asio_INCLUDE_DIR asio.hpp)
mark_as_advanced(Asio_INCLUDE_DIR)

if(Asio_INCLUDE_DIR AND EXISTS ${Asio_INCLUDE_DIR}/asio/version.hpp)
    file(STRINGS ${Asio_INCLUDE_DIR}/asio/version.hpp line REGEX "#define ASIO_VERSION [0-9]+")
    string(REGEX MATCH "ASIO_VERSION ([0-9]+)" line "${line}")
    math(EXPR major "${CMAKE_MATCH_1} / 100000")
    math(EXPR minor "${CMAKE_MATCH_1} / 100 % 1000")
    math(EXPR patch "${CMAKE_MATCH_1} % 100")
    set(Asio_VERSION ${major}.${minor}.${patch})
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
    Asio
    REQUIRED_VARS Asio_INCLUDE_DIR
    VERSION_VAR Asio_VERSION)

if(Asio_FOUND AND NOT TARGET Asio::Asio)
    find_package(Threads REQUIRED)
    add_library(Asio::Asio INTERFACE IMPORTED)
    target_include_directories(Asio::Asio SYSTEM INTERFACE ${Asio_INCLUDE_DIR})
    target_compile_definitions(Asio::Asio INTERFACE ASIO_STANDALONE)
    target_link_libraries(Asio::Asio INTERFACE Threads::Threads)
endif()
