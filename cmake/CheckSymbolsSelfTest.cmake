# Proves that CheckSymbols.cmake notices each kind of symbol it forbids, and passes what is allowed.
cmake_minimum_required(VERSION 3.25)

execute_process(
    COMMAND mktemp -d
    OUTPUT_VARIABLE work
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

set(failures "")

function(expect outcome name code)
    file(REMOVE ${work}/${name}.a)
    file(WRITE ${work}/${name}.cpp "${code}\n")
    execute_process(COMMAND ${CXX} -std=c++20 -O1 -c ${work}/${name}.cpp -o ${work}/${name}.o
                            COMMAND_ERROR_IS_FATAL ANY)
    execute_process(COMMAND ${AR} qc ${work}/${name}.a ${work}/${name}.o COMMAND_ERROR_IS_FATAL ANY)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -DNM=${NM} -DARCHIVE=${work}/${name}.a -P
                ${CMAKE_CURRENT_LIST_DIR}/CheckSymbols.cmake
        RESULT_VARIABLE result
        OUTPUT_QUIET ERROR_QUIET)
    if((outcome STREQUAL "refused" AND result EQUAL 0) OR (outcome STREQUAL "passed" AND NOT result EQUAL 0))
        list(APPEND failures "${name} was not ${outcome}")
        set(failures "${failures}" PARENT_SCOPE)
    endif()
endfunction()

expect(refused operator_new [[int* f() { return new int; }]])
expect(refused array_new [[int* f() { return new int[3]; }]])
expect(refused operator_delete [[void f(int* p) { delete p; }]])
expect(refused throw [[void f() { throw 1; }]])
expect(refused catch [[int g(); int f() { try { return g(); } catch (...) { return 1; } }]])
expect(refused library_throw [[#include <string_view>
                               int f(std::string_view s) { return s.at(7); }]])
expect(refused dynamic_cast [[struct a { virtual void m(); }; struct b : a { void m() override; };
                              b* f(a* p) { return dynamic_cast<b*>(p); }]])
expect(refused iostream [[#include <iostream>
                          void f() { std::cout << 1; }]])
expect(refused string [[#include <string>
                        void f(std::string& s) { s.append("text"); }]])
expect(refused error_category [[#include <system_error>
                                const std::error_category& f() { return std::generic_category(); }]])
expect(passed plain [[#include <string_view>
                      std::string_view g(std::string_view); bool f(std::string_view s) { return g(s).empty(); }]])

file(REMOVE_RECURSE ${work})
if(failures)
    list(JOIN failures "\n  " text)
    message(FATAL_ERROR "The symbol check is blind:\n  ${text}")
endif()
