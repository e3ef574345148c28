# SPDX-License-Identifier: Apache-2.0
# cex_module: one static library per folder of core/, with PRIVATE third-party links (the fence
# between floors). cex_unit_tests: unit tests stand beside their unit and are built into one binary.

define_property(GLOBAL PROPERTY CEX_UNIT_TEST_SOURCES BRIEF_DOCS "sources of cex-unit-tests")
define_property(GLOBAL PROPERTY CEX_UNIT_TEST_LIBS BRIEF_DOCS "libraries of cex-unit-tests")

# cex_module(base SOURCES a.cpp ... DEPS model ... LIBS Poco::Net ... TESTS a_test.cpp ...)
# DEPS name other modules of core/ and are PUBLIC (their headers may appear in ours);
# LIBS are third-party and PRIVATE.
function(cex_module NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;LIBS;PUBLIC_LIBS;TESTS" ${ARGN})
  set(target cex_core_${NAME})
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE cex_flags ${ARG_LIBS})
  target_link_libraries(${target} PUBLIC cex_sanitize tl::expected ${ARG_PUBLIC_LIBS})
  foreach(dep IN LISTS ARG_DEPS)
    target_link_libraries(${target} PUBLIC cex_core_${dep})
  endforeach()
  cex_unit_tests(${ARG_TESTS})
  set_property(GLOBAL APPEND PROPERTY CEX_UNIT_TEST_LIBS ${target})
endfunction()

function(cex_unit_tests)
  foreach(source IN LISTS ARGN)
    set_property(GLOBAL APPEND PROPERTY CEX_UNIT_TEST_SOURCES "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
  endforeach()
endfunction()
