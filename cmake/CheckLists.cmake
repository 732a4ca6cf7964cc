# Every source and public header is named in the CMakeLists.txt (or another .cmake file) of its folder
# or of one above it: files are listed by hand, and one forgotten would be neither built nor installed,
# nor its tests run.
cmake_minimum_required(VERSION 3.25)

file(
    GLOB_RECURSE files
    RELATIVE ${ROOT}
    ${ROOT}/api/*.[hc]pp ${ROOT}/backends/*.[hc]pp ${ROOT}/transport/*.[hc]pp
    ${ROOT}/conformance/*.cpp ${ROOT}/bench/*.cpp ${ROOT}/examples/*.cpp ${ROOT}/fuzz/*.cpp ${ROOT}/tools/*.cpp)

set(forgotten "")
foreach(file IN LISTS files)
    # A header in src is found by whoever includes it.
    if(file MATCHES "\\.hpp$" AND NOT file MATCHES "/include/")
        continue()
    endif()
    set(named FALSE)
    cmake_path(GET file PARENT_PATH folder)
    while(folder AND NOT named)
        if(EXISTS ${ROOT}/${folder}/CMakeLists.txt)
            set(lists "")
            file(GLOB list_files ${ROOT}/${folder}/CMakeLists.txt ${ROOT}/${folder}/*.cmake)
            foreach(list_file IN LISTS list_files)
                file(READ ${list_file} text)
                string(APPEND lists "${text}")
            endforeach()
            cmake_path(RELATIVE_PATH file BASE_DIRECTORY ${folder} OUTPUT_VARIABLE name)
            cmake_path(REMOVE_EXTENSION name LAST_ONLY OUTPUT_VARIABLE stem)
            string(REGEX REPLACE "([][+.*()^$?\\\\|])" "\\\\\\1" stem "${stem}")
            if(lists MATCHES "[ \n(\"]${stem}(\\.[hc]pp)?[ \n)\"]")
                set(named TRUE)
            endif()
        endif()
        cmake_path(GET folder PARENT_PATH folder)
    endwhile()
    if(NOT named AND NOT file MATCHES "^conformance/package/")
        list(APPEND forgotten ${file})
    endif()
endforeach()

if(forgotten)
    list(JOIN forgotten "\n  " text)
    message(FATAL_ERROR "No CMakeLists.txt names:\n  ${text}")
endif()
