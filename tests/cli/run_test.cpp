// SPDX-License-Identifier: Apache-2.0
// `cex run` and its like with real programs in real boxes.
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;

constexpr int kUnavailable = 69;

class CexRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto listed = run({{CEX_PROGRAM, "languages"}, {}, {}});
    if (listed.status == kUnavailable) why_not_ = listed.err;
    ASSERT_TRUE(listed.status == 0 || listed.status == kUnavailable) << listed.err;
  }

  CexRun() {
    std::string pattern = ::testing::TempDir() + "cex-run-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ / "tmp");
    // The user that the command becomes makes and removes its own folder here.
    std::filesystem::permissions(folder_, std::filesystem::perms{0755});
    std::filesystem::permissions(folder_ / "tmp", std::filesystem::perms{01777});
  }
  ~CexRun() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  void SetUp() override {
    if (!why_not_.empty()) GTEST_SKIP() << "no boxes here: " << why_not_;
  }

  std::string write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream{folder_ / name, std::ios::binary} << text;
    return (folder_ / name).string();
  }

  Invocation invocation(std::vector<std::string> args, std::string input = {}) {
    args.insert(args.begin(), CEX_PROGRAM);
    return {std::move(args), std::move(input), {{"TMPDIR", (folder_ / "tmp").string()}}};
  }
  Ended cex(std::vector<std::string> args, std::string input = {}) {
    return run(invocation(std::move(args), std::move(input)));
  }

  static inline std::string why_not_;
  std::filesystem::path folder_;
};

TEST_F(CexRun, output_and_exit_status_are_the_programs) {
  const auto file =
      write("a.py", "import sys\nprint('out')\nprint('err', file=sys.stderr)\nsys.exit(7)\n");
  const auto ended = cex({"run", file});
  EXPECT_EQ(ended.status, 7) << ended.err;
  EXPECT_EQ(ended.out, "out\n");
  EXPECT_THAT(ended.err, HasSubstr("err\n"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tmp")) << "the temporary folder must go";
}

TEST_F(CexRun, input_comes_as_text_from_a_file_or_from_stdin) {
  const auto file = write("a.py", "print(input()[::-1])\n");
  const auto data = write("data.txt", "from-file\n");
  EXPECT_EQ(cex({"run", file, "--stdin", "plain text"}).out, "txet nialp\n");
  EXPECT_EQ(cex({"run", file, "--stdin", data}).out, "elif-morf\n");
  EXPECT_EQ(cex({"run", file, "--stdin", "@" + data}).out, "elif-morf\n");
  EXPECT_EQ(cex({"run", file, "--stdin", "-"}, "own\n").out, "nwo\n");
}

TEST_F(CexRun, several_files_keep_their_places) {
  const auto main = write("p/main.py", "from pkg.part import word\nprint(word)\n");
  const auto part = write("p/pkg/part.py", "word = 'together'\n");
  EXPECT_EQ(cex({"run", main, part}).out, "together\n");
  const auto outside = write("elsewhere.py", "");
  const auto refused = cex({"run", main, outside});
  EXPECT_EQ(refused.status, 64);
  EXPECT_THAT(refused.err, HasSubstr("outside the first file's folder"));
}

TEST_F(CexRun, a_signal_is_128_and_its_number) {
  const auto file = write("a.c", "#include <stdlib.h>\nint main(void) { abort(); }\n");
  EXPECT_EQ(cex({"run", file}).status, 128 + SIGABRT);
}

TEST_F(CexRun, compile_errors_go_to_stderr) {
  const auto file = write("a.c", "int main(void) { return nothing; }\n");
  const auto ended = cex({"run", file});
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr("nothing"));
  EXPECT_THAT(ended.err, HasSubstr("cex: compile error"));
}

TEST_F(CexRun, limits_hold) {
  const auto loop = write("loop.py", "while True: pass\n");
  const auto slow = cex({"run", "--time", "0.5", loop});
  EXPECT_EQ(slow.status, 124) << slow.err;
  EXPECT_THAT(slow.err, HasSubstr("time limit"));
  const auto greedy = write("greedy.py", "x = bytearray(512 << 20)\nprint(sum(x[::4096]))\n");
  const auto ended = cex({"run", "--memory", "64M", greedy});
  EXPECT_EQ(ended.status, 1);
  EXPECT_THAT(ended.err, HasSubstr("memory limit"));
  const auto asked = cex({"run", "--memory", "1000000G", greedy});
  EXPECT_EQ(asked.status, 64);
  EXPECT_THAT(asked.err, HasSubstr("/limits/memory_bytes"));
}

TEST_F(CexRun, json_is_the_apis_job_object) {
  const auto file = write("a.py", "print('x')\n");
  const auto ended = cex({"run", "--json", file});
  ASSERT_EQ(ended.status, 0) << ended.err;
  const auto job = nlohmann::json::parse(ended.out);
  EXPECT_EQ(job["status"], "ok");
  EXPECT_EQ(job["runs"][0]["stdout"], "x\n");
}

TEST_F(CexRun, an_unknown_language_is_wrong_usage) {
  const auto file = write("a.unknown", "x");
  const auto ended = cex({"run", file});
  EXPECT_EQ(ended.status, 64);
  EXPECT_THAT(ended.err, HasSubstr("--language"));
  EXPECT_EQ(cex({"run", "--language", "nonsense", file}).status, 64);
}

TEST_F(CexRun, plan_prints_what_would_run_and_runs_nothing) {
  const auto file = write("a.cpp", "#error this is never compiled\n");
  const auto ended = cex({"plan", file});
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("\"argv\""));
  EXPECT_TRUE(nlohmann::json::accept(ended.out));
}

TEST_F(CexRun, a_network_needs_permission_and_stands_in_the_plan) {
  const auto program = write("main.py", "print(1)\n");
  const auto refused = cex({"run", program, "--network", "a.example:443"});
  EXPECT_EQ(refused.status, 64) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("/network"));
  const auto file = write("network.toml", "[network]\nallow = [\"*.example:443\"]\n");
  const auto plan = cex({"--config", file, "plan", program, "--network", "a.example:443"});
  ASSERT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("\"a.example:443\""));
  EXPECT_THAT(plan.out, HasSubstr("https_proxy=http://127.0.0.1:3128"));
}

TEST_F(CexRun, an_interrupt_ends_the_job_and_leaves_nothing) {
  const auto file = write("a.py", "import time\nprint('up', flush=True)\ntime.sleep(1000)\n");
  Command command{invocation({"run", "--time", "50", file})};
  for (int i = 0; i < 6000 && command.out_so_far().empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  ASSERT_EQ(command.out_so_far(), "up\n");
  command.signal(SIGINT);
  EXPECT_EQ(command.wait().status, 128 + SIGINT);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tmp"));
}

TEST_F(CexRun, doctor_and_languages_know_this_machine) {
  const auto languages = cex({"languages", "--json"});
  ASSERT_EQ(languages.status, 0) << languages.err;
  bool python = false;
  for (const auto& language : nlohmann::json::parse(languages.out)) {
    python = python || (language["id"] == "python" && language["usable"] == true);
  }
  EXPECT_TRUE(python);
  const auto doctor = cex({"doctor"});
  EXPECT_THAT(doctor.out, HasSubstr("language python"));
  EXPECT_EQ(doctor.status, 0) << doctor.out;
}

}  // namespace
}  // namespace cex::test
