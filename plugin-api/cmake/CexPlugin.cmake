# SPDX-License-Identifier: Apache-2.0
# Functions for plugin authors; included by find_package(CodeExecutorPluginApi) and in the source tree.
#
#   cex_add_plugin(<name> MANIFEST plugin.json SOURCES a.cpp ... [OUTPUT_DIRECTORY DIR])
#     Builds the target <name>: <build>/plugins/<name>/ with <name>.so and plugin.json, installed to
#     <libdir>/code-executor/plugins/<name>/. One exported symbol, nothing of the compiler's leaks.
#
#   cex_add_declarative_plugin(<name> MANIFEST plugin.json [OUTPUT_DIRECTORY DIR])
#     The same for a plugin that is only a JSON file, the same for all machines: it is installed below
#     <datadir>/code-executor/plugins/<name>/.
#
#   cex_add_conformance_test(<name> [GOLDEN DIR])
#     A CTest that runs cex-plugin-check on the built folder.

include_guard(GLOBAL)
include(GNUInstallDirs)

# Sanitizer run times are found at load time, which the linker's strictest check does not know.
function(_cex_plugin_is_sanitized result)
  get_property(directory DIRECTORY PROPERTY COMPILE_OPTIONS)
  string(FIND "${directory};${CMAKE_C_FLAGS};${CMAKE_CXX_FLAGS};${CMAKE_MODULE_LINKER_FLAGS}"
         "-fsanitize" at)
  if(at EQUAL -1)
    set(${result} FALSE PARENT_SCOPE)
  else()
    set(${result} TRUE PARENT_SCOPE)
  endif()
endfunction()

function(_cex_plugin_folder name manifest output destination)
  if(NOT output)
    set(output "${CMAKE_BINARY_DIR}/plugins/${name}")
  endif()
  get_filename_component(manifest "${manifest}" ABSOLUTE)
  # Hosts refuse a manifest that others may write, whatever the permissions of the checkout are.
  configure_file("${manifest}" "${output}/plugin.json" COPYONLY
                 FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
  install(FILES "${manifest}" DESTINATION "${destination}/code-executor/plugins/${name}"
          RENAME plugin.json COMPONENT "plugin-${name}")
  set_property(GLOBAL PROPERTY "CEX_PLUGIN_FOLDER_${name}" "${output}")
endfunction()

function(cex_add_plugin name)
  cmake_parse_arguments(ARG "" "MANIFEST;OUTPUT_DIRECTORY" "SOURCES" ${ARGN})
  if(NOT ARG_MANIFEST OR NOT ARG_SOURCES)
    message(FATAL_ERROR "cex_add_plugin(${name}): MANIFEST and SOURCES are needed")
  endif()
  _cex_plugin_folder("${name}" "${ARG_MANIFEST}" "${ARG_OUTPUT_DIRECTORY}"
                     "${CMAKE_INSTALL_LIBDIR}")
  get_property(folder GLOBAL PROPERTY "CEX_PLUGIN_FOLDER_${name}")

  # "plugin_" keeps the target's name apart from targets like `go`; the file is plainly <name>.so.
  set(target "plugin_${name}")
  add_library(${target} MODULE ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE CodeExecutor::plugin_api)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME "${name}" PREFIX "" SUFFIX ".so"
    LIBRARY_OUTPUT_DIRECTORY "$<1:${folder}>"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON SKIP_BUILD_RPATH ON
    LINK_DEPENDS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map")
  target_compile_options(${target} PRIVATE
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique> -fstack-protector-strong)
  target_link_options(${target} PRIVATE
    "LINKER:--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map" "LINKER:--exclude-libs,ALL"
    "LINKER:-z,now,-z,relro,-z,noexecstack")
  _cex_plugin_is_sanitized(sanitized)
  if(NOT sanitized)
    target_link_options(${target} PRIVATE "LINKER:-z,defs")
  endif()
  install(TARGETS ${target} LIBRARY
          DESTINATION "${CMAKE_INSTALL_LIBDIR}/code-executor/plugins/${name}"
          COMPONENT "plugin-${name}")
endfunction()

function(cex_add_declarative_plugin name)
  cmake_parse_arguments(ARG "" "MANIFEST;OUTPUT_DIRECTORY" "" ${ARGN})
  if(NOT ARG_MANIFEST)
    message(FATAL_ERROR "cex_add_declarative_plugin(${name}): MANIFEST is needed")
  endif()
  _cex_plugin_folder("${name}" "${ARG_MANIFEST}" "${ARG_OUTPUT_DIRECTORY}"
                     "${CMAKE_INSTALL_DATADIR}")
endfunction()

function(cex_add_conformance_test name)
  cmake_parse_arguments(ARG "" "GOLDEN" "" ${ARGN})
  get_property(folder GLOBAL PROPERTY "CEX_PLUGIN_FOLDER_${name}")
  if(NOT folder)
    message(FATAL_ERROR "cex_add_conformance_test(${name}): call cex_add_plugin(${name} ...) first")
  endif()
  set(golden)
  if(ARG_GOLDEN)
    get_filename_component(absolute "${ARG_GOLDEN}" ABSOLUTE)
    set(golden --golden "${absolute}")
  endif()
  add_test(NAME "plugin.${name}.conformance"
           COMMAND CodeExecutor::plugin_check ${golden} "${folder}")
endfunction()
