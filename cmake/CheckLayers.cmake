# Holds the borders between folders: who may include what, and where a preprocessor condition may
# name a library. ROOT is the tree to read. Ends with an error that lists every breach.
cmake_minimum_required(VERSION 3.25)

set(backends openssl mbedtls wolfssl)
set(headers_of_openssl "^openssl/")
set(headers_of_mbedtls "^(mbedtls|psa)/")
set(headers_of_wolfssl "^(wolfssl|wolfcrypt)/")

# What the core ring's style has no use for: it would bring allocation, exceptions or locales.
string(CONCAT hosted_std "^(any|deque|exception|filesystem|forward_list|fstream|functional|future|iomanip|"
       "ios|iostream|istream|list|locale|map|mutex|ostream|queue|regex|set|shared_mutex|sstream|stack|"
       "stdexcept|string|system_error|thread|typeindex|typeinfo|unordered_map|unordered_set|vector)$")

set(breaches "")

function(breach file line text)
    list(APPEND breaches "${file}: ${line}: ${text}")
    set(breaches "${breaches}" PARENT_SCOPE)
endfunction()

# The part of the tree a file belongs to: core, api, api/tests, backends/<name>, or its top folder.
function(find_part file)
    if(file MATCHES "^api/(include/polytls/(core|spi)|src/core)/")
        set(part core)
    elseif(file MATCHES "^api/tests/")
        set(part api/tests)
    elseif(file MATCHES "^(backends/[^/]+)/")
        set(part ${CMAKE_MATCH_1})
    else()
        string(REGEX REPLACE "/.*" "" part ${file})
    endif()
    set(part ${part} PARENT_SCOPE)
endfunction()

# Rules that hold in every part.
macro(check_for_all)
    foreach(name IN LISTS backends)
        if(included MATCHES "${headers_of_${name}}"
           AND NOT part STREQUAL "backends/${name}"
           AND NOT file MATCHES "^bench/raw/${name}[._]"
           AND NOT (name STREQUAL "openssl" AND file MATCHES "^conformance/testkit/(pki|signer)"))
            breach(${file} "${include}" "only backends/${name} may include this library")
        endif()
    endforeach()
    if(included MATCHES "^(asio|boost)(/|\\.hpp)" AND NOT part MATCHES "^(transport|examples|tools|conformance|bench)$")
        breach(${file} "${include}" "only transport and the programs above it may include Asio")
    endif()
    if(included MATCHES "(^|/)src/")
        breach(${file} "${include}" "a folder's src is its own")
    endif()
    if(included MATCHES "^polytls/([a-z_]+/)?detail/")
        if(CMAKE_MATCH_1 MATCHES "^(|core/)$")
            set(owner "^(core|api|api/tests)$")
        elseif(CMAKE_MATCH_1 STREQUAL "transport/")
            set(owner "^transport$")
        else()
            string(REGEX REPLACE "(.*)/" "^backends/\\1$" owner "${CMAKE_MATCH_1}")
        endif()
        if(NOT part MATCHES "${owner}")
            breach(${file} "${include}" "another folder's detail is not for use")
        endif()
    endif()
    if(included MATCHES "(^|/)\\.\\./")
        cmake_path(GET file PARENT_PATH folder)
        set(target ${folder}/${included})
        cmake_path(NORMAL_PATH target)
        set(own_part ${part})
        find_part(${target}/)
        set(target_part ${part})
        set(part ${own_part})
        if(NOT target_part STREQUAL part)
            breach(${file} "${include}" "it reaches into another folder")
        endif()
    endif()
endmacro()

# Whether a file may depend on which library it is: an adapter's own may.
macro(find_neutral)
    set(neutral TRUE)
    if(part MATCHES "^backends/" AND NOT part STREQUAL "backends/contract")
        set(neutral FALSE)
    endif()
endmacro()

# Rules of the single parts.
macro(check_for_part)
    if(part STREQUAL "core")
        if(included MATCHES "^polytls/" AND NOT included MATCHES "^polytls/(core|spi)/")
            breach(${file} "${include}" "the core ring includes only core and spi")
        elseif(included MATCHES "${hosted_std}")
            breach(${file} "${include}" "the core ring is freestanding in style")
        endif()
    endif()
    if(part MATCHES "^(core|api)$" AND bracket STREQUAL "<")
        if(NOT included MATCHES "^(polytls/|tl/|[a-z_0-9]+$)")
            breach(${file} "${include}" "api includes std, polytls and tl only")
        endif()
    endif()
    if(part MATCHES "^(core|api|api/tests)$" AND included MATCHES "^polytls/(transport|openssl|mbedtls|wolfssl)/")
        breach(${file} "${include}" "api knows neither transport nor adapters")
    endif()
    cmake_path(GET part FILENAME own_name)
    if(part MATCHES "^backends/(openssl|mbedtls|wolfssl)$"
       AND included MATCHES "^polytls/"
       AND NOT included MATCHES "^polytls/(core|spi|${own_name})/")
        breach(${file} "${include}" "an adapter includes core and spi, neither the hosted ring nor another adapter")
    endif()
    if(part STREQUAL "backends/contract"
       AND included MATCHES "^polytls/"
       AND NOT included MATCHES "^polytls/(core|spi)/")
        breach(${file} "${include}" "the contract knows core and spi, and no adapter")
    endif()
    if(part STREQUAL "transport" AND included MATCHES "^polytls/(spi|openssl|mbedtls|wolfssl)/")
        breach(${file} "${include}" "transport reaches TLS through connection only")
    endif()
endmacro()

macro(check_condition)
    if(condition MATCHES "_VERSION" AND NOT condition MATCHES "POLYTLS_VERSION" AND NOT file MATCHES "/compat\\.hpp$")
        breach(${file} "${condition}" "differences between versions belong into compat.hpp")
    elseif(neutral AND condition MATCHES "OPENSSL|MBEDTLS|WOLFSSL|[oO]pen[sS][sS][lL]|mbedtls|wolfssl")
        breach(${file} "${condition}" "ask the capability report, not for a backend's name")
    endif()
endmacro()

file(
    GLOB_RECURSE files
    RELATIVE ${ROOT}
    ${ROOT}/api/*.[hc]pp ${ROOT}/backends/*.[hc]pp ${ROOT}/transport/*.[hc]pp
    ${ROOT}/conformance/*.[hc]pp ${ROOT}/bench/*.[hc]pp ${ROOT}/examples/*.[hc]pp ${ROOT}/fuzz/*.[hc]pp
    ${ROOT}/tools/*.[hc]pp)
list(LENGTH files count)
if(count EQUAL 0)
    message(FATAL_ERROR "There is no source file under ${ROOT}")
endif()

foreach(file IN LISTS files)
    find_part(${file})
    find_neutral()
    file(STRINGS ${ROOT}/${file} includes REGEX "^[ \t]*#[ \t]*include[ \t]*[<\"]")
    foreach(include IN LISTS includes)
        string(REGEX MATCH "include[ \t]*([<\"])([^>\"]+)[>\"]" matched "${include}")
        set(bracket "${CMAKE_MATCH_1}")
        set(included "${CMAKE_MATCH_2}")
        check_for_all()
        check_for_part()
    endforeach()
    file(STRINGS ${ROOT}/${file} conditions REGEX "^[ \t]*#[ \t]*(el)?if")
    foreach(condition IN LISTS conditions)
        check_condition()
    endforeach()
    file(STRINGS ${ROOT}/${file} comparisons REGEX "[!=]= *\"(openssl|mbedtls|wolfssl)\"")
    if(neutral AND comparisons)
        breach(${file} "${comparisons}" "ask the capability report, not for a backend's name")
    endif()
endforeach()

if(breaches)
    list(JOIN breaches "\n  " text)
    message(FATAL_ERROR "Borders crossed:\n  ${text}")
endif()
message(STATUS "${count} files keep to the borders")
