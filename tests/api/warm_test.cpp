// SPDX-License-Identifier: Apache-2.0
// Layers: jobs get the same answers with and without them, cannot change them, and find them again
// after a restart.
#include <filesystem>
#include <fstream>
#include <memory>

#include "tests/api/api_fixture.hpp"
#include "tests/api/warm_fixture.hpp"

namespace cex::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kIostream = "pch-iostream-gnu++17-O2";

std::string state_of(const Api& api, const std::string& id) {
  return layer_state(api, "cpp", id);
}

std::string settled(const Api& api, const std::string& id) {
  return settled_layer(api, "cpp", id);
}

bool is_gcc_here() {
  const json language = body_of(Api{shared_daemon().port()}.get("/v1/languages/cpp"));
  return language.value("usable", false) &&
         language["versions"][0]["toolchain"].get<std::string>().find("GCC") != std::string::npos;
}

class WarmUp : public WarmSuite<WarmUp> {
 protected:
  static void SetUpTestSuite() {
    if (!is_gcc_here()) return;
    start("cpp");
  }
  void SetUp() override {
    if (!daemon()) GTEST_SKIP() << "there is no GCC here";
    ASSERT_EQ(settled(warm(), kIostream), "ready") << daemon()->log_text();
    ASSERT_EQ(settled(warm(), "pch-everything-gnu++17-O2"), "ready") << daemon()->log_text();
  }
};

TEST_F(WarmUp, changes_no_answer) {
  struct Program {
    const char* name;
    const char* source;
    json options = json::object();
    json args = json::array();
  };
  const Program programs[] = {
      {"hello", "#include <iostream>\nint main() { std::cout << \"hello\\n\"; }\n"},
      {"everything",
       "// a comment\n#include <bits/stdc++.h>\nusing namespace std;\n"
       "int main() { map<string, int> m{{\"a\", 1}}; for (auto& [k, v] : m) cout << k << v; }\n"},
      {"the same header twice, and others",
       "#include <iostream>\n#include <vector>\n#include <iostream>\n"
       "int main() { std::vector<int> v{1, 2}; std::cout << v.size() << std::endl; return 3; }\n"},
      {"an uncaught exception",
       "#include <iostream>\n#include <stdexcept>\n"
       "int main() { throw std::runtime_error(\"oh\"); }\n"},
      {"an error of its own", "#include <iostream>\nint main() { std::cout << undefined; }\n"},
      {"a missing brace", "#include <bits/stdc++.h>\nint main() { return 0;\n"},
      {"an error inside of a header",
       "#include <bits/stdc++.h>\nstruct X {};\n"
       "int main() { std::set<X> s; s.insert(X{}); }\n"},
      {"a warning", "#include <iostream>\nint main() { int unused; }\n", {{"warnings", "all"}}},
      {"a warning inside of a header",
       "#include <bits/stdc++.h>\nint main() { std::vector<int> v; v.data()[-1] = 1; "
       "std::auto_ptr<int> p; return v.empty(); }\n",
       {{"warnings", "extra"}}},
      {"a symbol that nobody defines",
       "#include <iostream>\nvoid gone();\nint main() { gone(); }\n"},
      {"no main", "#include <iostream>\nint x;\n"},
      {"a macro before the header",
       "#define NDEBUG 1\n#include <iostream>\n#include <cassert>\n"
       "int main() { assert(false); std::cout << 1; }\n"},
      {"a macro from outside",
       "#include <iostream>\nint main() { std::cout << ANSWER; }\n",
       json::object(),
       {"-DANSWER=42"}},
      {"an address",
       "#include <iostream>\nint f() { return 1; }\n"
       "int main() { std::cout << (f() == 1) << __FILE__ << __LINE__ << '\\n'; }\n"},
  };
  for (const Program& program : programs) {
    const json job{{"language", "cpp"},
                   {"source", program.source},
                   {"compile", {{"options", program.options}, {"args", program.args}}}};
    expect_same_answers(warm().run(job), cold().run(job), program.name);
  }
}

TEST_F(WarmUp, tells_each_line_of_a_compilation_once) {
  const json job{
      {"language", "cpp"},
      {"source", "#include <iostream>\nvoid gone();\nint main() { int unused; gone(); }\n"},
      {"compile", {{"options", {{"warnings", "all"}}}}}};
  const std::string id = warm().submit(job);
  const json result = warm().finished(id);
  const std::string events = warm().get("/v1/jobs/" + id + "/events").body;
  // The quicker way got as far as the linker before it was given up; nobody hears of its warning.
  std::size_t count = 0;
  for (std::size_t at = events.find("\"stderr\""); at != std::string::npos;
       at = events.find("\"stderr\"", at + 1)) {
    ++count;
  }
  EXPECT_GT(count, 0U) << events;
  const std::string warning = "unused variable";
  const auto text = result["compile"]["stderr"].get<std::string>();
  EXPECT_EQ(text.find(warning), text.rfind(warning)) << text;
  EXPECT_THAT(text, HasSubstr("undefined reference"));
}

TEST_F(WarmUp, shows_layers_that_nothing_in_a_box_can_change) {
  const json result = warm().run({{"language", "python"}, {"source", R"(
import os
names = os.listdir("/layers")
layer = "/layers/" + names[0]
def attempt(what, call):
    try:
        call()
        print("through:", what)
    except OSError as problem:
        print(what, problem.errno)
attempt("new", lambda: open("/layers/new", "w"))
attempt("new in layer", lambda: open(layer + "/new", "w"))
attempt("remove", lambda: os.rename(layer, "/layers/x"))
for folder, _, files in os.walk("/layers"):
    for file in files:
        path = os.path.join(folder, file)
        attempt("write", lambda: open(path, "r+b"))
        attempt("chmod", lambda: os.chmod(path, 0o777))
        attempt("remove", lambda: os.unlink(path))
flags = os.statvfs("/layers").f_flag
print("flags", bool(flags & os.ST_RDONLY), bool(flags & os.ST_NOSUID), bool(flags & os.ST_NODEV), bool(flags & os.ST_NOEXEC))
)"}});
  ASSERT_EQ(result["status"], "ok") << result;
  const auto said = result["runs"][0]["stdout"].get<std::string>();
  EXPECT_EQ(said.find("through"), std::string::npos) << said;
  EXPECT_THAT(said, HasSubstr("flags True True True True"));
}

TEST_F(WarmUp, makes_what_jobs_ask_for_with_other_options) {
  const json job{{"language", "cpp"},
                 {"source", "#include <iostream>\nint main() { std::cout << __cplusplus; }\n"},
                 {"compile", {{"options", {{"std", "c++20"}}}}}};
  EXPECT_EQ(state_of(warm(), "pch-iostream-c++20-O2"), "unknown");
  EXPECT_EQ(warm().run(job)["runs"][0]["stdout"], "202002");
  EXPECT_EQ(settled(warm(), "pch-iostream-c++20-O2"), "ready");
  EXPECT_EQ(warm().run(job)["runs"][0]["stdout"], "202002");
}

TEST_F(WarmUp, is_told_by_readyz) {
  const json document = body_of(warm().get("/readyz"));
  const auto found = std::find_if(document["checks"].begin(), document["checks"].end(),
                                  [](const json& check) { return check["name"] == "warm-up"; });
  ASSERT_NE(found, document["checks"].end());
  EXPECT_EQ((*found)["state"], "ok") << *found;
}

TEST(WarmUpRestart, finds_layers_again_and_builds_a_damaged_one_anew) {
  if (!is_gcc_here()) GTEST_SKIP() << "there is no GCC here";
  ScratchDir dir;
  {
    const auto daemon = start_warm(dir, "cpp");
    const Api api{daemon->port()};
    ASSERT_EQ(settled(api, kIostream), "ready") << daemon->log_text();
    daemon->signal(SIGTERM);
    ASSERT_EQ(daemon->wait_for_exit(), 0);
    EXPECT_THAT(daemon->log_lines("building a layer"), Not(IsEmpty()));
  }
  fs::path sealed;
  {
    const auto daemon = start_warm(dir, "cpp");
    ASSERT_EQ(settled(Api{daemon->port()}, kIostream), "ready");
    for (const auto& line : daemon->log_lines("building a layer")) {
      EXPECT_NE(line["layer"], kIostream) << "it was there";
    }
    daemon->signal(SIGTERM);
    ASSERT_EQ(daemon->wait_for_exit(), 0);
  }
  for (const auto& item : fs::recursive_directory_iterator{dir.path() + "/state/layers/content"}) {
    if (item.path().filename() == "iostream.gch") sealed = item.path();
  }
  ASSERT_FALSE(sealed.empty());
  fs::permissions(sealed, fs::perms::owner_write, fs::perm_options::add);
  {
    std::fstream file{sealed, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(1 << 20);
    file << "another byte";
  }
  const auto daemon = start_warm(dir, "cpp");
  EXPECT_EQ(settled(Api{daemon->port()}, kIostream), "ready");
  EXPECT_THAT(daemon->log_lines("a layer is thrown away"), SizeIs(1));
}

TEST_F(WarmUp, that_is_off_leaves_no_trace_in_boxes) {
  const json result = cold().run(
      {{"language", "python"}, {"source", "import os\nprint(os.path.exists('/layers'))\n"}});
  EXPECT_EQ(result["runs"][0]["stdout"], "False\n");
}

}  // namespace
}  // namespace cex::test
