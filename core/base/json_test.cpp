// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cex {
namespace {

TEST(ParseJson, takes_an_ordinary_document) {
  const auto parsed = parse_json(R"({"a":[1,2,{"b":null}]})");
  ASSERT_TRUE(parsed);
  EXPECT_EQ((*parsed)["a"][1], 2);
}

TEST(ParseJson, refuses_what_the_library_forgives) {
  EXPECT_FALSE(parse_json(R"({"a":1,"a":2})"));
  EXPECT_FALSE(parse_json("{\"a\\u0000\":1}"));
  EXPECT_FALSE(parse_json("\"\xFF\""));
  EXPECT_FALSE(parse_json("{\"a\":1} x"));
  EXPECT_FALSE(parse_json("// c\n1"));
  EXPECT_FALSE(parse_json(""));
  EXPECT_FALSE(parse_json("1e999"));
}

TEST(ParseJson, bounds_the_depth_without_using_the_stack) {
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')));
  EXPECT_FALSE(parse_json(std::string(100000, '[')));
}

TEST(ParseJson, same_key_in_sibling_objects_is_fine) {
  EXPECT_TRUE(parse_json(R"([{"a":1},{"a":1}])"));
}

TEST(DumpJson, replaces_invalid_utf8_instead_of_throwing) {
  EXPECT_EQ(dump_json(nlohmann::json("\xFF")), "\"\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace cex
