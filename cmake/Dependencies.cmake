# polytls_find(<package> <debian package> <what needs it> <option that asked for it> [TARGET <target>])
#
# Finds a package, or ends with an error that names what to install. TARGET names the imported
# target that must exist, where a package may be there in part.
function(polytls_find package debian needed_by option)
    cmake_parse_arguments(PARSE_ARGV 4 arg "" "TARGET" "")
    find_package(${package} QUIET GLOBAL)
    set(found ${${package}_FOUND})
    if(arg_TARGET AND NOT TARGET ${arg_TARGET})
        set(found FALSE)
    endif()
    if(NOT found)
        message(
            FATAL_ERROR
                "${package} was not found; ${needed_by} cannot be built without it.\n"
                "On Debian: apt-get install ${debian}\n"
                "${option} asked for it.")
    endif()
endfunction()
