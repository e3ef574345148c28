# SPDX-License-Identifier: Apache-2.0
# RPMs from the same install rules as the Debian packages: cpack -G RPM. Configure with -DCMAKE_INSTALL_PREFIX=/usr
# -DCMAKE_INSTALL_LIBDIR=lib64, as `./dev package --rpm` does.
set(CPACK_GENERATOR RPM)
set(CPACK_PACKAGE_NAME code-executor)
set(CPACK_PACKAGE_VENDOR "Code Executor Maintainers")
set(CPACK_PACKAGE_CONTACT "Code Executor Maintainers <maintainers@code-executor.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE Apache-2.0)
set(CPACK_RPM_PACKAGE_GROUP Unspecified)
set(CPACK_RPM_PACKAGE_RELEASE_DIST OFF)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
# Folders that belong to the system.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /etc /etc/apparmor.d /usr/lib/systemd /usr/lib/systemd/system /usr/lib/sysusers.d /usr/lib/tmpfiles.d /usr/lib64
    /usr/lib64/cmake /usr/lib64/pkgconfig /usr/libexec /usr/share/man /usr/share/man/man1 /usr/share/man/man8
    /usr/share/bash-completion /usr/share/bash-completion/completions /usr/share/fish
    /usr/share/fish/vendor_completions.d /usr/share/zsh /usr/share/zsh/vendor-completions)

# cex_rpm(<component> <summary> REQUIRES ... [PROVIDES ...] [NOARCH])
set(CPACK_COMPONENTS_ALL)
macro(cex_rpm component summary)
  cmake_parse_arguments(RPM "NOARCH" "" "REQUIRES;PROVIDES" ${ARGN})
  list(APPEND CPACK_COMPONENTS_ALL ${component})
  string(TOUPPER "${component}" key)
  set(CPACK_RPM_${key}_PACKAGE_NAME "code-executor-${component}")
  set(CPACK_RPM_${key}_PACKAGE_SUMMARY "${summary}")
  set(CPACK_RPM_${key}_PACKAGE_DESCRIPTION "${summary}.")
  list(JOIN RPM_REQUIRES ", " CPACK_RPM_${key}_PACKAGE_REQUIRES)
  list(JOIN RPM_PROVIDES ", " CPACK_RPM_${key}_PACKAGE_PROVIDES)
  if(RPM_NOARCH)
    set(CPACK_RPM_${key}_PACKAGE_ARCHITECTURE noarch)
  endif()
endmacro()

# The number of the plugin ABI is written once, in the header that it is about.
file(STRINGS "${PROJECT_SOURCE_DIR}/plugin-api/include/cex/plugin_abi.h" abi_lines REGEX "^#define CEX_ABI_(MAJOR|MINOR) ")
string(REGEX REPLACE ".*CEX_ABI_MAJOR ([0-9]+)u.*" "\\1" abi_major "${abi_lines}")
string(REGEX REPLACE ".*CEX_ABI_MINOR ([0-9]+)u.*" "\\1" abi_minor "${abi_lines}")
set(abi "code-executor-plugin-abi-${abi_major}")
set(same "= ${PROJECT_VERSION}-1")

cex_rpm(core "Boxes for Code Executor" PROVIDES "${abi} = ${abi_major}.${abi_minor}")
cex_rpm(server "Server that compiles and runs other people's code" REQUIRES "code-executor-core ${same}" systemd)
cex_rpm(cli "Command line of Code Executor" REQUIRES "code-executor-core ${same}")
cex_rpm(plugin-dev "Plugin API of Code Executor" REQUIRES "${abi} >= ${abi_major}.${abi_minor}")
file(GLOB manifests "${PROJECT_SOURCE_DIR}/plugins/*/plugin.json")
foreach(manifest IN LISTS manifests)
  get_filename_component(folder "${manifest}" DIRECTORY)
  get_filename_component(name "${folder}" NAME)
  file(READ "${manifest}" content)
  string(JSON kind GET "${content}" kind)
  string(JSON version GET "${content}" version)
  string(JSON about GET "${content}" description)
  set(noarch)
  if(kind STREQUAL declarative)
    set(noarch NOARCH)
  endif()
  # Names of toolchains are Debian's here; which package brings one elsewhere, the manual of the language says.
  cex_rpm(plugin-${name} "${about}" REQUIRES "${abi} >= ${abi_major}.0" ${noarch})
  string(TOUPPER "plugin-${name}" key)
  set(CPACK_RPM_${key}_PACKAGE_VERSION "${version}")
endforeach()

set(CPACK_RPM_SERVER_USER_FILELIST "%config(noreplace) /etc/code-executor/config.toml"
    "%config(noreplace) /etc/apparmor.d/usr.bin.code-executord")
set(CPACK_RPM_SERVER_POST_INSTALL_SCRIPT_FILE "${CMAKE_CURRENT_LIST_DIR}/server.post")
set(CPACK_RPM_SERVER_PRE_UNINSTALL_SCRIPT_FILE "${CMAKE_CURRENT_LIST_DIR}/server.preun")
include(CPack)
