# Holds that the README says what is so: its first example is examples/readme.cpp to the letter, and
# its capability table is what the command prints. ROOT is the tree, COMMAND the polytls command.
cmake_minimum_required(VERSION 3.25)

file(READ ${ROOT}/README.md readme)
file(READ ${ROOT}/examples/readme.cpp example)
string(FIND "${readme}" "```cpp\n${example}```" place)
if(place EQUAL -1)
    message(FATAL_ERROR "README.md does not hold examples/readme.cpp to the letter")
endif()

execute_process(COMMAND ${COMMAND} backends --markdown OUTPUT_VARIABLE table COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCH "<!-- capabilities: begin[^>]*-->\n(.*)<!-- capabilities: end -->" block "${readme}")
if(NOT CMAKE_MATCH_1 STREQUAL table)
    message(FATAL_ERROR "README.md's capability table is not what `polytls backends --markdown` prints:\n${table}")
endif()
message(STATUS "README.md says what is so")
