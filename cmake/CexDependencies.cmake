# SPDX-License-Identifier: Apache-2.0
# Every third-party library of the project, found in one place.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(Poco 1.11 REQUIRED COMPONENTS Foundation Net NetSSL Crypto JSON JWT Util)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(tomlplusplus 3.3 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp>=2.5.4)
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis>=0.14)
find_package(SQLite3 3.40 REQUIRED)
find_package(CURL 7.85 REQUIRED)
# Its CMake package asks for libraries of parts that are not used here.
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core>=1.0)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares>=1.18)

# Boost.DLL in its header-only form: std::filesystem instead of libboost_filesystem. The definition
# changes types in Boost's interface, so it is set here once for whoever links the target.
add_library(cex_boost_dll INTERFACE)
target_link_libraries(cex_boost_dll INTERFACE Boost::headers ${CMAKE_DL_LIBS})
target_compile_definitions(cex_boost_dll INTERFACE BOOST_DLL_USE_STD_FS)

if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
  find_package(GTest 1.12 REQUIRED)
endif()
