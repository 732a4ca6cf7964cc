# Checks of the tree itself, as tests.

# polytls_add_check(<test> <script> [<-Dname=value>...])
function(polytls_add_check name script)
    add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -DROOT=${PROJECT_SOURCE_DIR} ${ARGN} -P
                                  ${PROJECT_SOURCE_DIR}/cmake/${script})
    set_tests_properties(${name} PROPERTIES LABELS check TIMEOUT 300)
endfunction()

polytls_add_check(layers CheckLayers.cmake)
polytls_add_check(layers_refuse_a_bad_include CheckLayersSelfTest.cmake)
polytls_add_check(every_file_is_listed CheckLists.cmake)

file(REAL_PATH ${CMAKE_CXX_COMPILER} compilers)
foreach(name IN ITEMS g++ clang++)
    find_program(POLYTLS_OTHER_${name} ${name})
    mark_as_advanced(POLYTLS_OTHER_${name})
    if(POLYTLS_OTHER_${name})
        file(REAL_PATH ${POLYTLS_OTHER_${name}} other)
        list(APPEND compilers ${other})
    endif()
endforeach()
polytls_add_check(core_headers_alone CheckCoreHeaders.cmake "-DCOMPILERS=${compilers}"
                  -DGENERATED=${PROJECT_BINARY_DIR}/api/include)

if(CMAKE_VERIFY_INTERFACE_HEADER_SETS)
    # Built with the rest, so that the test has little left to do.
    add_custom_target(public_headers ALL)
    add_dependencies(public_headers all_verify_interface_header_sets)
    add_test(NAME public_headers_alone COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target
                                               all_verify_interface_header_sets)
    set_tests_properties(public_headers_alone PROPERTIES LABELS check TIMEOUT 600)
endif()

# A sanitizer's own calls are in every object, so its builds say nothing about symbols.
if(NOT POLYTLS_SANITIZE)
    polytls_add_check(core_symbols CheckSymbols.cmake -DNM=${CMAKE_NM}
                      -DARCHIVE=$<TARGET_FILE:polytls_core>)
    polytls_add_check(core_symbols_refuse_hosted_code CheckSymbolsSelfTest.cmake -DNM=${CMAKE_NM}
                      -DAR=${CMAKE_AR} -DCXX=${CMAKE_CXX_COMPILER})
endif()

# The README is of what is built by default.
if(TARGET polytls_command AND NOT POLYTLS_SANITIZE)
    polytls_add_check(readme CheckReadme.cmake -DCOMMAND=$<TARGET_FILE:polytls_command>)
endif()
