# polytls_find(<package> DEBIAN <debian package> FOR <what needs it> [OPTION <option>]
#              [TARGET <target>] [EXPORTED] [LINK_FLAGS <flag>...])
#
# Finds a package, or ends with an error that names what to install and the option that asked for
# it. TARGET names an imported target that must exist, where a package may be there in part.
# EXPORTED: users of the installed package need it too; LINK_FLAGS are then its part of polytls.pc.
function(polytls_find package)
    cmake_parse_arguments(PARSE_ARGV 1 arg "EXPORTED" "DEBIAN;FOR;OPTION;TARGET" "LINK_FLAGS")
    find_package(${package} QUIET GLOBAL)
    if(NOT ${package}_FOUND OR (arg_TARGET AND NOT TARGET ${arg_TARGET}))
        set(text "${package} was not found, and ${arg_FOR} cannot be built without it.\n")
        string(APPEND text "On Debian: apt-get install ${arg_DEBIAN}")
        if(arg_OPTION)
            string(APPEND text "\nThe option that asks for it is ${arg_OPTION}.")
        endif()
        message(FATAL_ERROR "${text}")
    endif()
    if(arg_EXPORTED)
        set_property(GLOBAL APPEND PROPERTY POLYTLS_PACKAGES ${package})
        set_property(GLOBAL APPEND PROPERTY POLYTLS_LINK_FLAGS ${arg_LINK_FLAGS})
    endif()
endfunction()

# polytls_find_tool(<variable> <program> DEBIAN <debian package> FOR <what needs it>)
function(polytls_find_tool variable program)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "DEBIAN;FOR" "")
    find_program(${variable} ${program})
    mark_as_advanced(${variable})
    if(NOT ${variable})
        message(
            FATAL_ERROR
                "The program ${program} was not found, and ${arg_FOR} cannot run without it.\n"
                "On Debian: apt-get install ${arg_DEBIAN}")
    endif()
endfunction()
