// SPDX-License-Identifier: Apache-2.0
// Programs that misbehave: each ends with the status of what stopped it, and nothing of it remains.
#include <cstdint>

#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

constexpr std::uint64_t kMiB = 1U << 20U;
constexpr const char* kNoLimits = "this host has no cgroup limits for us";

class Hostile : public ApiTest {
 protected:
  void SetUp() override {
    const json entry = language("python");
    if (entry["usable"] != true) GTEST_SKIP() << entry["reason"];
    const json ready = body_of(api.get("/readyz"));
    limited_ = ready["isolation"]["cgroup"] != "none";
  }

  /// Runs a Python program whose processes carry a marker, and checks that none is left.
  json run(const std::string& source, json limits = json::object(),
           const json& more = json::object()) {
    const std::string marker =
        "cex-hostile-" + std::to_string(::getpid()) + "-" + std::to_string(++runs_);
    if (!limits.contains("wall_ms"))
      limits["wall_ms"] = scaled_ms(10'000) > 60'000 ? 60'000 : scaled_ms(10'000);
    json job{{"language", "python"}, {"source", source}, {"args", {marker}}, {"limits", limits}};
    job.update(more);
    json result = api.run(job);
    EXPECT_TRUE(wait_until_gone(marker)) << source;
    EXPECT_EQ(result["state"], "finished");
    return result;
  }

  bool limited_{false};
  int runs_{0};
};

TEST_F(Hostile, exits_non_zero) {
  const json job = run("import sys\nsys.exit(42)\n");
  EXPECT_EQ(job["status"], "runtime_error");
  EXPECT_EQ(job["runs"][0]["exit_code"], 42);
  EXPECT_EQ(job["runs"][0]["signal"], nullptr);
}

TEST_F(Hostile, dies_of_a_signal) {
  const json job =
      run("import os, signal\nsignal.signal(signal.SIGSEGV, signal.SIG_DFL)\n"
          "os.kill(os.getpid(), signal.SIGSEGV)\n");
  EXPECT_EQ(job["status"], "runtime_error") << job;
  EXPECT_EQ(job["runs"][0]["signal"], "SIGSEGV") << job;
  EXPECT_EQ(job["runs"][0]["exit_code"], nullptr);
}

TEST_F(Hostile, never_ends) {
  const json job = run("while True: pass\n", {{"cpu_ms", scaled_ms(300)}, {"wall_ms", 60'000}});
  EXPECT_EQ(job["status"], "time_limit") << job;
}

TEST_F(Hostile, sleeps) {
  const json job = run("import time\ntime.sleep(3600)\n", {{"wall_ms", scaled_ms(500)}});
  EXPECT_EQ(job["status"], "time_limit") << job;
}

TEST_F(Hostile, floods_its_output) {
  const json job =
      run("import os\nwhile True: os.write(1, b'x' * 65536)\n", {{"output_bytes", 100'000}});
  EXPECT_EQ(job["status"], "output_limit") << job["status"];
  EXPECT_EQ(job["runs"][0]["stdout"].get<std::string>().size(), 100'000U);
  EXPECT_EQ(job["runs"][0]["stdout_truncated"], true);
  EXPECT_EQ(job["runs"][0]["stderr_truncated"], false);
  const json err =
      run("import os\nwhile True: os.write(2, b'\\xff' * 65536)\n", {{"output_bytes", 1000}});
  EXPECT_EQ(err["status"], "output_limit");
  EXPECT_EQ(err["runs"][0]["stderr_encoding"], "base64");
}

TEST_F(Hostile, forks_without_end) {
  if (!limited_) GTEST_SKIP() << kNoLimits;
  const json job = run("import os\nwhile True:\n  try: os.fork()\n  except OSError: pass\n",
                       {{"processes", 16}, {"cpu_ms", scaled_ms(1000)}});
  EXPECT_TRUE(job["status"] == "process_limit" || job["status"] == "time_limit") << job["status"];
  EXPECT_EQ(body_of(api.get("/readyz"))["ready"], true);
}

TEST_F(Hostile, eats_memory) {
  if (!limited_) GTEST_SKIP() << kNoLimits;
  const json job =
      run("x = []\nwhile True: x.append(bytearray(1 << 20))\n", {{"memory_bytes", 64 * kMiB}});
  EXPECT_EQ(job["status"], "memory_limit") << job;
  EXPECT_LE(job["runs"][0]["memory_peak_bytes"].get<std::uint64_t>(), 80 * kMiB);
}

TEST_F(Hostile, fills_the_disk) {
  const json job = run("f = open('big', 'wb')\nwhile True:\n  f.write(b'x' * 65536)\n  f.flush()\n",
                       {{"disk_bytes", 4 * kMiB}, {"file_size_bytes", 64 * kMiB}});
  EXPECT_EQ(job["status"], "disk_limit") << job;
}

TEST_F(Hostile, makes_a_file_that_is_too_large) {
  const json job = run("f = open('big', 'wb')\nwhile True:\n  f.write(b'x' * 65536)\n  f.flush()\n",
                       {{"disk_bytes", 32 * kMiB}, {"file_size_bytes", kMiB}});
  EXPECT_NE(job["status"], "ok");
  EXPECT_NE(job["status"], "internal_error") << job;
}

TEST_F(Hostile, closes_its_stdio_and_stays) {
  const json job = run("import os, time\nfor fd in (0, 1, 2): os.close(fd)\ntime.sleep(3600)\n",
                       {{"wall_ms", scaled_ms(500)}});
  EXPECT_EQ(job["status"], "time_limit") << job;
}

TEST_F(Hostile, leaves_a_daemon) {
  const json job =
      run("import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n"
          "    time.sleep(3600)\n  os._exit(0)\nprint('done')\n");
  EXPECT_EQ(job["status"], "ok") << job;
  EXPECT_EQ(job["runs"][0]["stdout"], "done\n");
}

TEST_F(Hostile, ignores_signals_and_a_full_stdin) {
  const json job =
      run("import signal, time\nfor s in range(1, 32):\n  try: signal.signal(s, signal.SIG_IGN)\n"
          "  except OSError: pass\ntime.sleep(3600)\n",
          {{"wall_ms", scaled_ms(500)}}, {{"stdin", std::string(4 * kMiB, 'x')}});
  EXPECT_EQ(job["status"], "time_limit") << job["status"];
}

TEST_F(Hostile, compilers_are_limited_too) {
  if (language("cpp")["usable"] != true) GTEST_SKIP() << language("cpp")["reason"];
  const std::string bomb =
      "template <int N, class T> struct A { static const int v = A<N - 1, A<N, T>>::v + A<N - 1, "
      "T*>::v; };\n"
      "template <class T> struct A<0, T> { static const int v = 1; };\n"
      "int main() { return A<24, int>::v; }\n";
  const json job = api.run(
      {{"language", "cpp"},
       {"source", bomb},
       {"compile", {{"limits", {{"cpu_ms", scaled_ms(1000)}, {"memory_bytes", 256 * kMiB}}}}}});
  EXPECT_TRUE(job["status"] == "time_limit" || job["status"] == "memory_limit" ||
              job["status"] == "compile_error")
      << job["status"];
  EXPECT_EQ(job["compile"]["status"], job["status"]);
}

}  // namespace
}  // namespace cex::test
