# One case of the package tests, in a folder outside the tree that is removed afterwards.
cmake_minimum_required(VERSION 3.25)

execute_process(
    COMMAND mktemp -d
    OUTPUT_VARIABLE work
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

function(fail text)
    file(REMOVE_RECURSE ${work})
    message(FATAL_ERROR "${text}")
endfunction()

function(run)
    execute_process(
        COMMAND ${ARGN}
        RESULT_VARIABLE result
        OUTPUT_VARIABLE output
        ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        list(JOIN ARGN " " command)
        fail("${command}\nfailed (${result}):\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_backends printed)
    foreach(line IN ITEMS "polytls ${VERSION}" ${BACKENDS})
        if(NOT printed MATCHES "(^|\n)${line}")
            fail("The consumer printed no line that begins with \"${line}\":\n${printed}")
        endif()
    endforeach()
    message(STATUS "${printed}")
endfunction()

function(configure_consumer consumer)
    file(COPY ${PROJECT_DIR}/conformance/package/ DESTINATION ${work}/source)
    set(configure
        ${CMAKE_COMMAND} -S ${work}/source/${consumer} -B ${work}/build -G ${GENERATOR}
        -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=${CXX}
        -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER} ${ARGN})
    set(configure "${configure}" PARENT_SCOPE)
endfunction()

function(build_and_run_consumer)
    run(${configure})
    run(${CMAKE_COMMAND} --build ${work}/build --target consumer)
    run(${work}/build/consumer)
    expect_backends("${output}")
endfunction()

if(CASE STREQUAL "install")
    file(REMOVE_RECURSE ${STAGE})
    run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${STAGE})
elseif(CASE STREQUAL "find_package")
    configure_consumer(find_package -DCMAKE_PREFIX_PATH=${STAGE})
    build_and_run_consumer()
elseif(CASE STREQUAL "add_subdirectory")
    configure_consumer(add_subdirectory -DPOLYTLS_SOURCE=${PROJECT_DIR} "-DPOLYTLS_BACKENDS=${BACKENDS}")
    build_and_run_consumer()
elseif(CASE STREQUAL "refused_component")
    configure_consumer(find_package -DCMAKE_PREFIX_PATH=${STAGE} -DCONSUMER_COMPONENTS=schannel)
    execute_process(
        COMMAND ${configure}
        RESULT_VARIABLE result
        OUTPUT_VARIABLE output
        ERROR_VARIABLE output)
    if(result EQUAL 0 OR NOT output MATCHES "component +\"schannel\"")
        fail("A component that was not built in must be refused by its name, but:\n${output}")
    endif()
elseif(CASE STREQUAL "pkg_config")
    file(GLOB_RECURSE pc ${STAGE}/polytls.pc)
    cmake_path(GET pc PARENT_PATH folder)
    set(ENV{PKG_CONFIG_PATH} ${folder})
    run(${PKG_CONFIG} --cflags --libs polytls)
    separate_arguments(flags UNIX_COMMAND "${output}")
    run(${CXX} -std=c++20 ${PROJECT_DIR}/conformance/package/main.cpp -o ${work}/consumer ${flags})
    run(${work}/consumer)
    expect_backends("${output}")
else()
    fail("There is no package test called \"${CASE}\"")
endif()

file(REMOVE_RECURSE ${work})
