// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schema_check.hpp"

namespace cex::testkit {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::ordered_json;

Json manifest_of(const std::string& template_name) {
  std::ifstream in{std::string{CEX_TEMPLATE_DIR} + "/" + template_name + "/plugin.json"};
  return Json::parse(in);
}

std::vector<std::string> problems(const Json& manifest) {
  return schema_problems(Json::parse(schema_text()), manifest);
}

TEST(Schema, takes_the_templates) {
  for (const char* name : {"cpp", "c", "declarative"}) {
    EXPECT_THAT(problems(manifest_of(name)), IsEmpty()) << name;
  }
}

TEST(Schema, names_the_place_of_a_fault) {
  struct Case {
    const char* pointer;
    Json value;
    const char* message;
  };
  const Case table[] = {{"/schema", 2, "/schema: must be 1"},
                        {"/library", "../x.so", "/library: does not match"},
                        {"/abi/major", 0, "/abi/major: is too small"},
                        {"/abi/minor", "0", "/abi/minor: must be of type integer"},
                        {"/languages", Json::array(), "/languages: has too few items"},
                        {"/languages/1", "demo-awk", "/languages/1: is there twice"},
                        {"/extra", 1, "unknown field \"extra\""}};
  for (const Case& one : table) {
    Json manifest = manifest_of("cpp");
    manifest[Json::json_pointer(one.pointer)] = one.value;
    EXPECT_THAT(problems(manifest), Contains(HasSubstr(one.message)));
  }
}

TEST(Schema, misses_what_must_be_there) {
  Json manifest = manifest_of("declarative");
  manifest["languages"][0].erase("run");
  EXPECT_THAT(problems(manifest), Contains(HasSubstr("/languages/0: lacks \"run\"")));
  manifest["languages"][0].erase("probe");
  EXPECT_THAT(problems(manifest), Contains(HasSubstr("/languages/0: lacks \"toolchains\"")));
}

TEST(Schema, takes_what_a_declarative_language_may_say) {
  Json manifest = manifest_of("declarative");
  Json& language = manifest["languages"][0];
  const Json toolchain{{"id", "bash"}, {"probe", language["probe"]}, {"run", language["run"]}};
  language["toolchains"] = Json::array({toolchain});
  language.erase("probe");
  language.erase("run");
  const auto item = Json::parse(R"({"if": {"version": "5.2"}, "then": ["-x"], "else": []})");
  language["compile"][0]["argv"].push_back(item);
  language["diagnostics"].push_back(
      Json::parse(R"({"lines": ["{message}:"], "severity": "note"})"));
  EXPECT_THAT(problems(manifest), IsEmpty());
  language["compile"][0]["argv"].back()["if"] = Json::parse(R"({"shell": "ls"})");
  EXPECT_THAT(problems(manifest), Contains(HasSubstr("/languages/0/compile/0/argv/4/if")));
}

}  // namespace
}  // namespace cex::testkit
