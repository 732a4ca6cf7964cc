# Finds mbedTLS. Defines MbedTLS::mbedtls, MbedTLS::mbedx509 and MbedTLS::mbedcrypto (as mbedTLS 3's
# own package does), MbedTLS_FOUND and MbedTLS_VERSION.
find_path(MbedTLS_INCLUDE_DIR mbedtls/ssl.h)
find_library(MbedTLS_LIBRARY mbedtls)
find_library(MbedTLS_X509_LIBRARY mbedx509)
find_library(MbedTLS_CRYPTO_LIBRARY mbedcrypto)
mark_as_advanced(MbedTLS_INCLUDE_DIR MbedTLS_LIBRARY MbedTLS_X509_LIBRARY MbedTLS_CRYPTO_LIBRARY)

# mbedTLS 2 states its version in version.h, mbedTLS 3 in build_info.h.
foreach(header IN ITEMS build_info.h version.h)
    if(MbedTLS_INCLUDE_DIR AND NOT MbedTLS_VERSION AND EXISTS ${MbedTLS_INCLUDE_DIR}/mbedtls/${header})
        file(STRINGS ${MbedTLS_INCLUDE_DIR}/mbedtls/${header} line REGEX "#define MBEDTLS_VERSION_STRING ")
        if(line MATCHES "\"([0-9.]+)\"")
            set(MbedTLS_VERSION ${CMAKE_MATCH_1})
        endif()
    endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
    MbedTLS
    REQUIRED_VARS MbedTLS_LIBRARY MbedTLS_X509_LIBRARY MbedTLS_CRYPTO_LIBRARY MbedTLS_INCLUDE_DIR
    VERSION_VAR MbedTLS_VERSION)

if(MbedTLS_FOUND AND NOT TARGET MbedTLS::mbedtls)
    foreach(part IN ITEMS mbedcrypto mbedx509 mbedtls)
        add_library(MbedTLS::${part} UNKNOWN IMPORTED)
        target_include_directories(MbedTLS::${part} SYSTEM INTERFACE ${MbedTLS_INCLUDE_DIR})
    endforeach()
    set_property(TARGET MbedTLS::mbedcrypto PROPERTY IMPORTED_LOCATION ${MbedTLS_CRYPTO_LIBRARY})
    set_property(TARGET MbedTLS::mbedx509 PROPERTY IMPORTED_LOCATION ${MbedTLS_X509_LIBRARY})
    set_property(TARGET MbedTLS::mbedtls PROPERTY IMPORTED_LOCATION ${MbedTLS_LIBRARY})
    target_link_libraries(MbedTLS::mbedx509 INTERFACE MbedTLS::mbedcrypto)
    target_link_libraries(MbedTLS::mbedtls INTERFACE MbedTLS::mbedx509)
endif()
