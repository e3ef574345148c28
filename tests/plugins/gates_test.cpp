// SPDX-License-Identifier: Apache-2.0
// The three gates: each refusal has its own message, and the service goes on.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/plugins/matrix_fixture.hpp"

namespace cex::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A private copy of a good plugin, to be spoiled.
class Gates : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = fs::canonical(::testing::TempDir()).string() + "/gatesXXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    root_ = name;
    folder_ = root_ + "/perl";
    fs::copy(matrix_folder("fixtures/plain"), folder_, fs::copy_options::recursive);
    ASSERT_EQ(state_of(folder_), "loaded");
  }
  void TearDown() override { fs::remove_all(root_); }

  void lie(const char* pointer, const nlohmann::json& value) const {
    const std::string path = folder_ + "/plugin.json";
    auto json = nlohmann::json::parse(std::ifstream{path});
    json[nlohmann::json::json_pointer(pointer)] = value;
    std::ofstream{path} << json;
  }

  [[nodiscard]] std::string object() const { return folder_ + "/fixture.so"; }

  std::string root_;
  std::string folder_;
};

TEST_F(Gates, refuse_an_object_that_others_may_write) {
  ::chmod(object().c_str(), 0777);
  EXPECT_THAT(state_of(folder_),
              AllOf(StartsWith("refused"), HasSubstr("fixture.so is writable by group or others")));
}

TEST_F(Gates, refuse_a_folder_that_others_may_write) {
  ::chmod(folder_.c_str(), 0777);
  EXPECT_THAT(state_of(folder_), HasSubstr(folder_ + " is writable by group or others"));
}

TEST_F(Gates, refuse_an_object_that_is_a_link) {
  fs::rename(object(), root_ + "/elsewhere.so");
  fs::create_symlink(root_ + "/elsewhere.so", object());
  EXPECT_THAT(state_of(folder_), HasSubstr("is a link"));
}

TEST_F(Gates, refuse_a_missing_object_and_one_that_is_none) {
  std::ofstream{object(), std::ios::trunc} << "not an object";
  EXPECT_THAT(state_of(folder_), HasSubstr("cannot be loaded"));
  fs::remove(object());
  EXPECT_THAT(state_of(folder_), HasSubstr("fixture.so"));
}

TEST_F(Gates, refuse_a_manifest_that_lies) {
  struct Case {
    const char* pointer;
    nlohmann::json value;
    const char* message;
  };
  const Case table[] = {
      {"/id", "org.example.other", "the manifest says org.example.other, the object is"},
      {"/version", "9.9.9", "the manifest says version 9.9.9"},
      {"/abi/minor", 3, "the manifest says ABI 1.3"},
      {"/languages", {"perl"}, "the manifest promises perl, the plugin describes demo-perl"},
      {"/languages", {"demo-perl", "more"}, "the manifest promises"},
  };
  for (const Case& one : table) {
    const auto path = folder_ + "/plugin.json";
    const auto honest = nlohmann::json::parse(std::ifstream{path});
    lie(one.pointer, one.value);
    EXPECT_THAT(state_of(folder_), AllOf(StartsWith("refused"), HasSubstr(one.message)));
    std::ofstream{path} << honest;
  }
}

TEST_F(Gates, refuse_another_major_before_the_object_is_loaded) {
  lie("/abi/major", 2);
  fs::remove(object());  // proves that nobody looked at it
  std::ofstream{object()} << "x";
  EXPECT_THAT(state_of(folder_), HasSubstr("manifest: for ABI major 2, this host speaks 1"));
}

TEST_F(Gates, refuse_a_host_that_is_too_old) {
  lie("/host/min", "99.0.0");
  EXPECT_THAT(state_of(folder_), HasSubstr("needs Code Executor 99.0.0 or newer"));
}

TEST(EntryGate, has_a_message_for_each_fault) {
  const auto state = [](const char* name) {
    return state_of(matrix_folder(std::string{"fixtures/"} + name));
  };
  EXPECT_THAT(state("bad_magic"), HasSubstr("entry: wrong magic number"));
  EXPECT_THAT(state("bad_major"), HasSubstr("entry: built for ABI major 2"));
  EXPECT_THAT(state("bad_size"), HasSubstr("entry: the table is shorter"));
  EXPECT_THAT(state("bad_no_plan"), HasSubstr("must all be there"));
  EXPECT_THAT(state("nameless"), HasSubstr("exports no cex_plugin_v1"));
  EXPECT_THAT(state("bad_refuses_host"), HasSubstr("open: the plugin refuses this host"));
}

TEST(EntryGate, lets_the_good_ones_through_beside_the_bad) {
  const auto registry = load_from(matrix_folder("fixtures"));
  EXPECT_NE(registry->find("demo-perl"), nullptr);
  EXPECT_NE(registry->find("odd"), nullptr);
}

}  // namespace
}  // namespace cex::tests
