// SPDX-License-Identifier: Apache-2.0
#include "server/api/openapi.hpp"

#include "server/api/query_reader.hpp"

namespace cex::api {

http::Reply get_openapi(Context& /*context*/, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  return http::Response{.body = std::string{openapi_document()}, .headers = {}, .job = {}};
}

}  // namespace cex::api
