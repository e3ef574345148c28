// SPDX-License-Identifier: Apache-2.0
#include "server/api/routes.hpp"

#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "server/api/openapi.hpp"
#include "server/http/error_map.hpp"
#include "server/hub/fake_service.hpp"

namespace cex::api {
namespace {

nlohmann::json document() {
  auto parsed = parse_json(openapi_document());
  EXPECT_TRUE(parsed);
  return parsed.value_or(nlohmann::json{});
}

TEST(Openapi, has_exactly_the_routes_that_are_served) {
  std::set<std::string> documented;
  const auto parsed = document();
  for (const auto& [path, item] : parsed["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      documented.insert(upper + " " + path);
    }
  }
  hub::FakeService service;
  hub::Hub hub{service, {}};
  Context context{service, hub};
  std::set<std::string> served;
  for (const auto& route : make_routes(context)) {
    served.insert(std::string{route.method} + " " + std::string{route.pattern});
  }
  EXPECT_EQ(documented, served);
}

TEST(Openapi, lists_every_error_code) {
  std::set<std::string> documented;
  const auto parsed = document();
  for (const auto& code :
       parsed["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) {
    documented.insert(code.get<std::string>());
  }
  std::set<std::string> sent;
  for (int i = 0; i <= static_cast<int>(http::ProblemKind::version_not_supported); ++i) {
    const auto& type = http::problem_type(static_cast<http::ProblemKind>(i));
    sent.insert(std::string{type.code});
    EXPECT_NE(http::reason_phrase(type.status), "Unknown") << type.status;
  }
  EXPECT_EQ(documented, sent);
}

TEST(Openapi, carries_the_version_of_the_build) {
  EXPECT_EQ(openapi_document().find("@PROJECT_VERSION@"), std::string_view::npos);
}

}  // namespace
}  // namespace cex::api
