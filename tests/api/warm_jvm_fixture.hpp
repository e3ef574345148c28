// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/api/api_fixture.hpp"
#include "tests/api/warm_fixture.hpp"

/// What the tests of the JVM's languages besides Java share: the same answers with archives of
/// loaded classes, and from JVMs started ahead, as without; and both are really used.
namespace cex::test {

struct JvmProgram {
  const char* name;
  std::string source;
  json more = json::object();  ///< of the job; "files" replace the source
};

struct JvmSubject {
  std::string language;
  std::vector<std::string> layers;
  std::vector<std::string> steps;  ///< that are started ahead
  std::string maps;                ///< a program that prints /proc/self/maps
  std::string archive;             ///< that programs run on
  std::vector<JvmProgram> programs;
};

[[nodiscard]] inline json job_of(const JvmSubject& subject, const JvmProgram& program) {
  // Compilers and traces are slow where many tests run: nothing here is about the time.
  json job{{"language", subject.language},
           {"source", program.source},
           {"limits", {{"wall_ms", 60'000}, {"cpu_ms", 30'000}}}};
  job.merge_patch(program.more);
  if (job.contains("files")) job.erase("source");
  return job;
}

[[nodiscard]] inline std::string maps_of(const Api& api, const JvmSubject& subject) {
  const json result = api.run(job_of(subject, {"maps", subject.maps}));
  EXPECT_EQ(result["status"], "ok") << result.dump();
  return result["runs"].empty() ? "" : result["runs"][0]["stdout"].get<std::string>();
}

/// `Suite` has static subject() and mode(), "layers" or "full".
template <class Suite>
class WarmJvm : public WarmSuite<Suite> {
 protected:
  using Base = WarmSuite<Suite>;
  static void SetUpTestSuite() { Base::start_if_usable(Suite::subject().language, Suite::mode()); }
  void SetUp() override {
    const JvmSubject& subject = Suite::subject();
    if (!Base::daemon())
      GTEST_SKIP() << "there is no toolchain for " << subject.language << " here";
    for (const std::string& layer : subject.layers) {
      ASSERT_EQ(settled_layer(Base::warm(), subject.language, layer, std::chrono::seconds{900}),
                "ready")
          << Base::daemon()->log_text();
    }
    if (Suite::mode() == "full") wait_for_the_last_kind();
  }

  static void expect_no_change() {
    const JvmSubject& subject = Suite::subject();
    for (const JvmProgram& program : subject.programs) {
      if (Suite::mode() == "full") {
        for (const std::string& step : subject.steps) {
          ASSERT_TRUE(wait_for_preboot(Base::warm(), subject.language, step));
        }
      }
      const json job = job_of(subject, program);
      expect_same_answers(Base::warm().run(job), Base::cold().run(job), program.name);
    }
  }

  static void expect_archive_in_use() {
    const JvmSubject& subject = Suite::subject();
    EXPECT_NE(maps_of(Base::warm(), subject).find(subject.archive), std::string::npos);
    EXPECT_EQ(maps_of(Base::cold(), subject).find(subject.archive), std::string::npos);
  }

 private:
  /// Programs that wait from before there were archives are given up by and by.
  static void wait_for_the_last_kind() {
    const JvmSubject& subject = Suite::subject();
    const auto until = std::chrono::steady_clock::now() + patience(std::chrono::seconds{180});
    std::string maps;
    while (maps.find("/gate.so") == std::string::npos ||
           maps.find(subject.archive) == std::string::npos) {
      ASSERT_LT(std::chrono::steady_clock::now(), until) << Base::daemon()->log_text();
      maps = maps_of(Base::warm(), subject);
    }
  }
};

}  // namespace cex::test
