# Everything in the build gets the sanitizers of POLYTLS_SANITIZE: half a program under one of them
# reports nonsense.
if(POLYTLS_SANITIZE)
    foreach(name IN LISTS POLYTLS_SANITIZE)
        if(NOT name MATCHES "^(address|undefined|thread|leak)$")
            message(FATAL_ERROR "POLYTLS_SANITIZE names \"${name}\"; known are address, undefined, thread, leak")
        endif()
    endforeach()
    list(JOIN POLYTLS_SANITIZE "," names)
    # The vptr check needs type information, which the core ring is built without.
    set(flags -fsanitize=${names} -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
    # Asio's fences, which GCC warns that ThreadSanitizer does not see, come on top of its locks.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND "thread" IN_LIST POLYTLS_SANITIZE)
        list(APPEND flags -Wno-tsan)
    endif()
    # The instrumented code hides from GCC what is initialised: its warnings then name Asio's headers.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        list(APPEND flags -Wno-maybe-uninitialized)
    endif()
    # What is executed tells libFuzzer where to go on; its main is in the targets only.
    if(POLYTLS_BUILD_FUZZ)
        list(APPEND flags -fsanitize=fuzzer-no-link)
    endif()
    add_compile_options(${flags})
    add_link_options(${flags})
endif()
