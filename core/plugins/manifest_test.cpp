// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/manifest.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace cex::plugins {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

nlohmann::json native() {
  return {{"schema", 1},
          {"id", "org.example.go"},
          {"version", "1.2.3"},
          {"kind", "native"},
          {"license", "Apache-2.0"},
          {"abi", {{"major", 1}, {"minor", 0}}},
          {"host", {{"min", "0.1.0"}}},
          {"library", "go.so"},
          {"languages", {"go", "go-asm"}}};
}

TEST(Manifest, reads_a_native_one) {
  const auto manifest = parse_manifest(native().dump());
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->id, "org.example.go");
  EXPECT_EQ(manifest->library, "go.so");
  EXPECT_EQ(manifest->abi_major, 1U);
  EXPECT_THAT(manifest->languages, ElementsAre("go", "go-asm"));
}

TEST(Manifest, names_the_place_of_what_it_refuses) {
  struct Case {
    const char* path;
    nlohmann::json value;
    const char* message;
  };
  const Case table[] = {
      {"/schema", 2, "/schema must be 1"},
      {"/schema", "1", "/schema must be a whole number"},
      {"/id", "Go", "/id must be dotted"},
      {"/id", "go", "/id must be dotted"},
      {"/version", "1.2", "/version must be a version"},
      {"/kind", "magic", "/kind must be native or declarative"},
      {"/license", "", "/license must be text"},
      {"/library", "../evil.so", "/library must be the plain name"},
      {"/library", "/lib/libc.so", "/library must be the plain name"},
      {"/library", "libc.so.6", "/library must be the plain name"},
      {"/library", 7, "/library must be text"},
      {"/languages", nlohmann::json::array(), "/languages must name 1 to 64"},
      {"/languages", {"go", "go"}, "names a language twice"},
      {"/languages", {"Go!"}, "no id"},
      {"/abi/major", -1, "/abi/major must be a whole number"},
      {"/abi/minor", 1e9, "/abi/minor must be a whole number"},
      {"/host/min", "soon", "/host/min must be a version"},
      {"/host/min", "99.0.0", "needs Code Executor 99.0.0 or newer"},
      {"/extra", 1, "unknown field 'extra'"},
      {"/abi/extra", 1, "/abi unknown field 'extra'"},
  };
  for (const Case& one : table) {
    auto json = native();
    json[nlohmann::json::json_pointer(one.path)] = one.value;
    const auto manifest = parse_manifest(json.dump());
    ASSERT_FALSE(manifest) << one.path;
    EXPECT_EQ(manifest.error().code, Errc::plugin);
    EXPECT_THAT(manifest.error().message, HasSubstr(one.message)) << one.path;
  }
}

TEST(Manifest, misses_every_field_that_must_be_there) {
  for (const char* field :
       {"schema", "id", "version", "kind", "license", "abi", "host", "library", "languages"}) {
    auto json = native();
    json.erase(field);
    EXPECT_FALSE(parse_manifest(json.dump())) << field;
  }
}

TEST(Manifest, refuses_text_that_is_no_json_object) {
  for (const char* text : {"", "[]", "1", "{", "{\"schema\":1,\"schema\":1}", "\xFF"}) {
    EXPECT_FALSE(parse_manifest(text)) << text;
  }
}

}  // namespace
}  // namespace cex::plugins
