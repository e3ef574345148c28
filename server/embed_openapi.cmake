# SPDX-License-Identifier: Apache-2.0
# cmake -DINPUT=openapi.json -DOUTPUT=openapi_document.cpp -DVERSION=x.y.z -P embed_openapi.cmake
file(READ "${INPUT}" document)
string(REPLACE "@PROJECT_VERSION@" "${VERSION}" document "${document}")
file(WRITE "${OUTPUT}" "// Made from openapi.json by the build.
#include \"server/api/openapi.hpp\"

namespace cex::api {

std::string_view openapi_document() noexcept {
  return R\"openapi(${document})openapi\";
}

}  // namespace cex::api
")
