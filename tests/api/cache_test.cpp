// SPDX-License-Identifier: Apache-2.0
// What was compiled before is not compiled again, where that makes no difference but in time.
#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

class CompileCache : public ApiTest {
 protected:
  void SetUp() override {
    if (!language("c").value("usable", false)) GTEST_SKIP() << "there is no C compiler here";
  }

  /// A program that no other test compiles.
  static json program(const std::string& body) {
    const std::string mark = std::to_string(::getpid()) + body;
    return {{"language", "c"},
            {"source", "/* " + mark + " */\n#include <stdio.h>\n" + body + "\n"}};
  }
  [[nodiscard]] bool cached(const json& job) const { return api.run(job)["compile"]["cached"]; }
};

TEST_F(CompileCache, gives_the_same_program_without_compiling_it_again) {
  json job = program("int main(void) { int unused; puts(\"once\"); return 7; }");
  job["compile"] = {{"options", {{"warnings", "all"}}}};
  const json first = api.run(job);
  const json second = api.run(job);
  EXPECT_FALSE(first["compile"]["cached"]);
  EXPECT_TRUE(second["compile"]["cached"]);
  for (const char* key : {"status", "exit_code", "stdout", "stderr", "diagnostics"}) {
    EXPECT_EQ(first["compile"][key], second["compile"][key]) << key;
  }
  EXPECT_NE(first["compile"]["stderr"], "") << "a warning was to be repeated";
  EXPECT_EQ(second["runs"][0]["stdout"], "once\n");
  EXPECT_EQ(second["runs"][0]["exit_code"], 7);
}

TEST_F(CompileCache, looks_at_everything_that_could_make_a_difference) {
  const json job = program("int main(void) { return 0; }");
  EXPECT_FALSE(cached(job));
  EXPECT_TRUE(cached(job));
  json other = job;
  other["compile"] = {{"options", {{"optimize", "0"}}}};
  EXPECT_FALSE(cached(other)) << "options";
  other = job;
  other["compile"] = {{"args", {"-DX"}}};
  EXPECT_FALSE(cached(other)) << "arguments";
  other = job;
  other["source"] = other["source"].get<std::string>() + " ";
  EXPECT_FALSE(cached(other)) << "one byte of the source";
  other = job;
  other.erase("source");
  other["files"] = {{{"path", "main.c"}, {"content", job["source"]}},
                    {{"path", "data.h"}, {"content", "x"}}};
  EXPECT_FALSE(cached(other)) << "one more file";
  other["files"][1]["content"] = "y";
  EXPECT_FALSE(cached(other)) << "another header";
  other["files"][1]["path"] = "date.h";
  EXPECT_FALSE(cached(other)) << "the header's name";
  other = job;
  other["args"] = {"what a run is given"};
  EXPECT_TRUE(cached(other));
}

TEST_F(CompileCache, does_not_stop_the_clock) {
  const json job = program("int main(void) { puts(__DATE__ __TIME__); return 0; }");
  EXPECT_FALSE(cached(job));
  EXPECT_FALSE(cached(job));
}

TEST_F(CompileCache, keeps_no_failure) {
  const json job = program("int main(void) { return nothing; }");
  for (int i = 0; i < 2; ++i) {
    const json result = api.run(job);
    EXPECT_EQ(result["status"], "compile_error");
    EXPECT_FALSE(result["compile"]["cached"]);
  }
}

TEST_F(CompileCache, can_be_switched_off) {
  ScratchDir dir;
  DaemonProcess without{dir.path(), {"--slots", "1"}, {"CODE_EXECUTOR_CACHE_COMPILE_MAX_BYTES=0"}};
  const Api other{without.port()};
  const json job = program("int main(void) { return 1; }");
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(other.run(job)["compile"]["cached"]);
}

}  // namespace
}  // namespace cex::test
