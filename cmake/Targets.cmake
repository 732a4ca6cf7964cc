# polytls_add_library(<name> HEADERS <file>... SOURCES <file>... [BASE_DIRS <folder>...] [FREESTANDING])
#
# Makes the static library polytls_<name> with alias polytls::<name>, its public headers in a file
# set, to be installed and exported. FREESTANDING builds it without exceptions and RTTI, as firmware
# does.
function(polytls_add_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "FREESTANDING" "" "HEADERS;SOURCES;BASE_DIRS")
    set(target polytls_${name})
    add_library(${target} STATIC CMakeLists.txt ${arg_SOURCES})
    add_library(polytls::${name} ALIAS ${target})
    if(NOT arg_BASE_DIRS)
        set(arg_BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include)
    endif()
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${arg_BASE_DIRS} FILES ${arg_HEADERS})
    target_compile_features(${target} PUBLIC cxx_std_20)
    set_target_properties(
        ${target}
        PROPERTIES EXPORT_NAME ${name}
                   LINKER_LANGUAGE CXX
                   CXX_EXTENSIONS OFF
                   POSITION_INDEPENDENT_CODE ON)
    if(arg_FREESTANDING)
        target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti)
    endif()
    polytls_warnings(${target})
    set_property(GLOBAL APPEND PROPERTY POLYTLS_LIBRARIES ${target})
endfunction()

# polytls_add_program(<name> SOURCES <file>... [LIBRARIES <target>...])
function(polytls_add_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
    target_compile_features(${name} PRIVATE cxx_std_20)
    set_target_properties(${name} PROPERTIES CXX_EXTENSIONS OFF)
    polytls_warnings(${name})
endfunction()

# polytls_add_tests(<name> SOURCES <file>... [LIBRARIES <target>...] [LABELS <label>...] [PREFIX <text>])
#
# Makes one GoogleTest program, each of its tests one of CTest's, PREFIX before its name.
function(polytls_add_tests name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "PREFIX" "SOURCES;LIBRARIES;LABELS")
    polytls_add_program(${name} SOURCES ${arg_SOURCES} LIBRARIES ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
    gtest_discover_tests(
        ${name}
        DISCOVERY_MODE PRE_TEST
        TEST_PREFIX "${arg_PREFIX}"
        PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 60)
endfunction()
