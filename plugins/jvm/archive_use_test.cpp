// SPDX-License-Identifier: Apache-2.0
// Makes the archives of every JDK of this machine, by the plugin's own plans but without boxes, and
// looks whether JVMs take their classes from them. A JVM that cannot use one says nothing: only the
// log of loaded classes tells.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <cex/scan.hpp>
#include <gtest/gtest.h>

#include "class_archive.hpp"
#include "java_warm.hpp"
#include "jvm_language.hpp"

namespace cex::plugins::jvm {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = fs::temp_directory_path() / "cex-jvm-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Runs `argv` in `folder`, both outputs into `log`; answers the exit code, 127 if there was none.
int run(const plugin::Strings& argv, const std::string& folder, const std::string& log) {
  plugin::Strings words = argv;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  pid_t pid = 0;
  const int spawned = ::posix_spawn(&pid, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (spawned != 0 || ::waitpid(pid, &status, 0) != pid) return 127;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

std::set<std::string> compilers() {
  std::set<std::string> found;
  std::error_code ignored;
  for (const auto& home : fs::directory_iterator{"/usr/lib/jvm", ignored}) {
    const fs::path javac = fs::canonical(home.path() / "bin/javac", ignored);
    if (!javac.empty()) found.insert(javac);
  }
  return found;
}

constexpr const char* kProgram = R"(
import java.util.*;
import java.util.stream.*;

public class Main {
  public static void main(String[] args) {
    Map<String, List<Integer>> groups = IntStream.range(0, 9).boxed()
        .collect(Collectors.groupingBy(n -> n % 2 == 0 ? "even" : "odd"));
    System.out.printf("%s %.2f%n", new TreeMap<>(groups), new Scanner("2.5").nextDouble());
  }
}
)";

struct Loaded {
  int archived = 0;
  int others = 0;  ///< of the JDK: read from its image or made on the spot
};

/// Counts the lines of -Xlog:class+load about classes of the JDK.
Loaded loaded(const std::string& log) {
  Loaded count;
  plugin::for_each_line(log, [&](std::string_view line) {
    if (line.find("source: shared objects file") != std::string_view::npos) ++count.archived;
    if (line.find("source: jrt:/") != std::string_view::npos) ++count.others;
    return true;
  });
  return count;
}

TEST(ArchiveUse, jvms_load_from_the_archives_of_their_layers) {
  int tried = 0;
  for (const std::string& javac : compilers()) {
    ScratchFolder box;
    const std::string log = box.path() + "/log";
    if (run({javac, "-version"}, box.path(), log) != 0) continue;
    const auto toolchain =
        java().recognise({.probe = "javac", .executable = javac, .out = slurp(log)});
    if (!toolchain || !makes_archives({{}, toolchain->version})) continue;
    SCOPED_TRACE(toolchain->label);
    ++tried;
    plugin::PlanRequest request{.phase = plugin::Phase::warm,
                                .language = "java",
                                .executable = javac,
                                .version = toolchain->version,
                                .box_dir = box.path(),
                                .out_dir = box.path(),
                                .entry_file = "Main.java",
                                .files = {"Main.java"}};
    const auto warm = java().plan(request);
    for (const auto& file : warm.files) {
      const fs::path path = fs::path{box.path()} / file.path;
      fs::create_directories(path.parent_path());
      std::ofstream{path} << file.content;
    }
    for (const auto& step : warm.steps) {
      ASSERT_EQ(run(step.argv, box.path(), log), 0) << step.name << "\n" << slurp(log);
    }
    std::ofstream{box.path() + "/Main.java"} << kProgram;
    const std::string place = "cds-javac=" + box.path();
    const std::string other = "cds-java=" + box.path();
    request.layers = {place, other};
    for (const auto phase : {plugin::Phase::compile, plugin::Phase::run}) {
      const bool compile = phase == plugin::Phase::compile;
      SCOPED_TRACE(compile ? "compile" : "run");
      request.phase = phase;
      Loaded counts[2];
      for (const bool with : {false, true}) {
        request.layers.clear();
        if (with) request.layers = {place, other};
        plugin::Strings argv = java().plan(request).steps.at(0).argv;
        argv.insert(argv.begin() + 1, compile ? "-J-Xlog:class+load" : "-Xlog:class+load");
        ASSERT_EQ(run(argv, box.path(), log), 0) << slurp(log);
        counts[with ? 1 : 0] = loaded(slurp(log));
      }
      // The archive that comes with a JDK holds most that small programs need, and little of javac.
      EXPECT_GT(counts[0].others, compile ? 1000 : 10);
      EXPECT_LT(counts[1].others, counts[0].others / 4) << slurp(log);
      EXPECT_GT(counts[1].archived, 400);
    }
  }
  if (tried == 0) GTEST_SKIP() << "there is no JDK here that makes archives";
}

}  // namespace
}  // namespace cex::plugins::jvm
