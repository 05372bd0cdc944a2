# Include this after enable_testing(), then add tests with clew_add_test() as with add_test(NAME ...
# COMMAND ...): one that fails is run again under clew, and the packed trace of the run that failed
# there lands in clew-traces/ in the build directory.
#
# ci/clew-retry has to be on PATH, or named: cmake -DCLEW_RETRY=/path/to/clew-retry
find_program(CLEW_RETRY clew-retry)

function(clew_add_test)
    cmake_parse_arguments(arg "" "NAME" "COMMAND" ${ARGN})
    if(NOT CLEW_RETRY)
        add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND})
        return()
    endif()
    # add_test() knows a target only in the first place.
    list(GET arg_COMMAND 0 program)
    if(TARGET ${program})
        list(REMOVE_AT arg_COMMAND 0)
        list(INSERT arg_COMMAND 0 $<TARGET_FILE:${program}>)
    endif()
    add_test(NAME ${arg_NAME} COMMAND ${CLEW_RETRY} -- ${arg_COMMAND})
    set_tests_properties(${arg_NAME} PROPERTIES
        ENVIRONMENT "CLEW_OUT=${CMAKE_BINARY_DIR}/clew-traces")
endfunction()
