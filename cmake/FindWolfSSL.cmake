# Finds wolfSSL. Defines WolfSSL::wolfssl, WolfSSL_FOUND and WolfSSL_VERSION.
find_path(WolfSSL_INCLUDE_DIR wolfssl/ssl.h)
find_library(WolfSSL_LIBRARY wolfssl)
mark_as_advanced(WolfSSL_INCLUDE_DIR WolfSSL_LIBRARY)

if(WolfSSL_INCLUDE_DIR AND EXISTS ${WolfSSL_INCLUDE_DIR}/wolfssl/version.h)
    file(STRINGS ${WolfSSL_INCLUDE_DIR}/wolfssl/version.h line REGEX "#define LIBWOLFSSL_VERSION_STRING ")
    if(line MATCHES "\"([0-9.]+)\"")
        set(WolfSSL_VERSION ${CMAKE_MATCH_1})
    endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
    WolfSSL
    REQUIRED_VARS WolfSSL_LIBRARY WolfSSL_INCLUDE_DIR
    VERSION_VAR WolfSSL_VERSION)

if(WolfSSL_FOUND AND NOT TARGET WolfSSL::wolfssl)
    add_library(WolfSSL::wolfssl UNKNOWN IMPORTED)
    target_include_directories(WolfSSL::wolfssl SYSTEM INTERFACE ${WolfSSL_INCLUDE_DIR})
    set_property(TARGET WolfSSL::wolfssl PROPERTY IMPORTED_LOCATION ${WolfSSL_LIBRARY})
endif()
