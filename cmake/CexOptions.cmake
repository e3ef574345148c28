# SPDX-License-Identifier: Apache-2.0
# Options, language level, warnings, sanitizers and the fast tools where they are installed.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_CXX_VISIBILITY_PRESET hidden)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
# Light optimisation and line tables: half the build time, and what takes time at run time is the
# kernel's. Whoever packages sets the flags (build type None), and this does not apply.
if(CMAKE_CXX_FLAGS_RELWITHDEBINFO STREQUAL "-O2 -g -DNDEBUG")
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1 -DNDEBUG" CACHE STRING "Flags of RelWithDebInfo" FORCE)
  set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g1 -DNDEBUG" CACHE STRING "Flags of RelWithDebInfo" FORCE)
endif()

set(CEX_SANITIZE "" CACHE STRING "Sanitizer for server, CLI and tests: empty, address or thread")
set_property(CACHE CEX_SANITIZE PROPERTY STRINGS "" address thread)
option(CEX_WERROR "Warnings are errors" OFF)
option(CEX_FUZZ "Build tests/fuzz as libFuzzer programs under ASan and UBSan (clang only)" OFF)
if(CEX_FUZZ AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "CEX_FUZZ needs clang: -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++")
endif()

include(GNUInstallDirs)

# Tests are compiled more often than they are run.
add_library(cex_test_flags INTERFACE)
target_compile_options(cex_test_flags INTERFACE -O0 -U_FORTIFY_SOURCE)

# Two interface targets: the launcher takes the warnings alone, since nothing of libc's run-time checks
# may be needed between clone and exec.
add_library(cex_warnings INTERFACE)
target_compile_options(cex_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast
    -Wno-missing-field-initializers>
  $<$<BOOL:${CEX_WERROR}>:-Werror>)
add_library(cex_flags INTERFACE)
target_link_libraries(cex_flags INTERFACE cex_warnings)
target_compile_options(cex_flags INTERFACE -fstack-protector-strong)
target_compile_definitions(cex_flags INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(cex_flags INTERFACE -Wl,-z,relro,-z,now)

add_library(cex_sanitize INTERFACE)
if(CEX_FUZZ)
  set(CEX_SANITIZE address)
  target_compile_options(cex_sanitize INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CEX_SANITIZE STREQUAL "address")
  target_compile_options(cex_sanitize INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(cex_sanitize INTERFACE -fsanitize=address,undefined)
elseif(CEX_SANITIZE STREQUAL "thread")
  target_compile_options(cex_sanitize INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(cex_sanitize INTERFACE -fsanitize=thread)
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  target_compile_definitions(cex_flags INTERFACE _FORTIFY_SOURCE=2)
endif()

find_program(CEX_CCACHE ccache)
if(CEX_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${CEX_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CEX_CCACHE}")
endif()
find_program(CEX_MOLD mold)
if(CEX_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
