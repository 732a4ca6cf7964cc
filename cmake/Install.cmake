# Installs the libraries with their headers, the CMake package and polytls.pc.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY POLYTLS_LIBRARIES)
get_property(polytls_packages GLOBAL PROPERTY POLYTLS_PACKAGES)
get_property(link_flags GLOBAL PROPERTY POLYTLS_LINK_FLAGS)
list(TRANSFORM libraries REPLACE "^polytls_" "" OUTPUT_VARIABLE polytls_components)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/polytls)

install(
    TARGETS polytls ${libraries}
    EXPORT polytls-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(
    EXPORT polytls-targets
    NAMESPACE polytls::
    DESTINATION ${package_dir})

configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/polytls-config.cmake.in ${PROJECT_BINARY_DIR}/polytls-config.cmake
    INSTALL_DESTINATION ${package_dir}
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/polytls-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(
    FILES ${PROJECT_BINARY_DIR}/polytls-config.cmake
          ${PROJECT_BINARY_DIR}/polytls-config-version.cmake
          ${PROJECT_SOURCE_DIR}/cmake/FindAsio.cmake
          ${PROJECT_SOURCE_DIR}/cmake/FindMbedTLS.cmake
          ${PROJECT_SOURCE_DIR}/cmake/FindWolfSSL.cmake
    DESTINATION ${package_dir})

# A static library comes before those it uses.
set(ordered ${polytls_components})
list(REMOVE_ITEM ordered transport backends api core)
list(PREPEND ordered backends)
list(APPEND ordered api core)
if(TARGET polytls_transport)
    list(PREPEND ordered transport)
endif()
list(TRANSFORM ordered PREPEND "-lpolytls_")
list(REMOVE_DUPLICATES link_flags)
list(JOIN ordered " " pc_own_libraries)
list(JOIN link_flags " " pc_link_flags)
set(pc_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pc_prefix ${pc_dir} ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH pc_libdir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pc_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(cmake/polytls.pc.in polytls.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/polytls.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
