# Holds the core ring to its style by what its objects refer to: ARCHIVE must need no operator new or
# delete, no exception, no RTTI, no iostream, no std::error_category and no std::string.
cmake_minimum_required(VERSION 3.25)

set(forbidden
    "U _Zn[wa]"  # operator new
    "U _Zd[la]"  # operator delete
    "__cxa_(throw|rethrow|begin_catch|allocate_exception)"
    "_ZSt[0-9]+__throw_"
    "__gxx_personality"
    "__dynamic_cast|_ZTVN10__cxxabiv1|_ZTI"
    "ios_base|basic_[io]*stream|basic_streambuf"
    "error_category|error_code"
    "12basic_stringI")

execute_process(
    COMMAND ${NM} -A ${ARCHIVE}
    OUTPUT_VARIABLE symbols
    ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ";" symbols "${symbols}")
list(FILTER symbols INCLUDE REGEX " [A-Za-z] ")
list(LENGTH symbols count)
if(count EQUAL 0)
    message(FATAL_ERROR "${ARCHIVE} has no symbols at all")
endif()

set(found "")
foreach(pattern IN LISTS forbidden)
    set(matches ${symbols})
    list(FILTER matches INCLUDE REGEX "${pattern}")
    list(APPEND found ${matches})
endforeach()

if(found)
    list(JOIN found "\n  " text)
    message(FATAL_ERROR "The core ring has no use for these symbols (c++filt reads them):\n  ${text}")
endif()
message(STATUS "${count} symbols, none of them forbidden")
