# Switches on the warnings that all of polytls is clean under.
function(polytls_warnings target)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow)
    if(POLYTLS_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
endfunction()
