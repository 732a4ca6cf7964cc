# Compiles each header of the core ring alone, without exceptions and RTTI, with each compiler.
cmake_minimum_required(VERSION 3.25)

execute_process(
    COMMAND mktemp -d
    OUTPUT_VARIABLE work
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

set(headers "")
foreach(base IN ITEMS ${ROOT}/api/include ${GENERATED})
    file(
        GLOB found
        RELATIVE ${base}
        ${base}/polytls/core/*.hpp ${base}/polytls/spi/*.hpp)
    list(APPEND headers ${found})
endforeach()

list(REMOVE_DUPLICATES COMPILERS)
set(failures "")
foreach(compiler IN LISTS COMPILERS)
    foreach(header IN LISTS headers)
        # Twice, so that a missing include guard shows too.
        file(WRITE ${work}/alone.cpp "#include <${header}>\n#include <${header}>\n")
        execute_process(
            COMMAND ${compiler} -std=c++20 -fno-exceptions -fno-rtti -fsyntax-only -Wall -Wextra -Wconversion
                    -Wshadow -Werror -I${ROOT}/api/include -I${GENERATED} ${work}/alone.cpp
            RESULT_VARIABLE result
            ERROR_VARIABLE output)
        if(NOT result EQUAL 0)
            string(APPEND failures "${compiler}: ${header}\n${output}\n")
        endif()
    endforeach()
endforeach()

file(REMOVE_RECURSE ${work})
list(LENGTH headers count)
if(count EQUAL 0)
    message(FATAL_ERROR "There is no header under ${ROOT}/api/include")
endif()
if(failures)
    message(FATAL_ERROR "${failures}")
endif()
message(STATUS "${count} headers compile alone with each of: ${COMPILERS}")
