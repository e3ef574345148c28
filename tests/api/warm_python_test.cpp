// SPDX-License-Identifier: Apache-2.0
// Python in interpreters that were started ahead: the same answers, and nobody hears of those that
// die.
#include <signal.h>

#include <array>
#include <set>
#include <string>
#include <thread>

#include "tests/api/api_fixture.hpp"
#include "tests/api/warm_fixture.hpp"

namespace cex::test {
namespace {

class WarmPython : public WarmSuite<WarmPython> {
 protected:
  static void SetUpTestSuite() { start_if_usable("python", "full"); }
  void SetUp() override {
    if (!daemon()) GTEST_SKIP() << "there is no Python here";
    ASSERT_TRUE(wait_for_preboot(warm(), "python")) << daemon()->log_text();
  }
  static std::string output_of(const std::string& source) {
    return warm().run({{"language", "python"}, {"source", source}})["runs"][0]["stdout"];
  }
  static std::vector<pid_t> waiting() { return waiting_with(*daemon(), "/box/main.py"); }
};

TEST_F(WarmPython, changes_no_answer) {
  const WarmProgram programs[] = {
      {"hello", "print('Hello, world!')"},
      {"echo",
       "import sys\nfor line in sys.stdin: print(line, end='')",
       {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
      {"input()", "a = int(input()); b = int(input()); print(a + b)", {{"stdin", "2\n3\n"}}},
      {"no input", "input()"},
      {"arguments", "import sys; print(sys.argv)", {{"args", {"a b", "", "-x"}}}},
      {"the world",
       "import os, sys\n"
       "print(sorted(os.environ.items()), sys.path, sys.argv, sys.flags, os.getcwd())\n"
       "print(sorted(os.listdir('.')), sorted(os.listdir('/tmp')))\n"
       "print(sorted(os.listdir('/proc/self/fd')), os.getpid(), os.getppid())\n"
       "print([p for p in os.listdir('/proc') if p.isdigit()])\n"
       "print(__name__, __file__, __builtins__.__name__, sorted(globals()))\n"
       "print(sorted(k for k in sys.path_importer_cache if 'code-exec' in k))\n"
       "print(sys.stdin.encoding, sys.stdout.encoding, sys.stdout.line_buffering)\n"
       "import threading; print([t.name for t in threading.enumerate()])"},
      {"its module of the site", "import sys; print(sys.modules.get('sitecustomize'))"},
      {"a child",
       "import subprocess, sys\n"
       "print(subprocess.run([sys.executable, '-c', 'import os, sys;"
       "print(sorted(os.environ.items()), sys.path, sorted(sys.modules))'],"
       "capture_output=True, text=True))"},
      {"a fork",
       "import multiprocessing as m\nif __name__ == '__main__':\n"
       "  with m.Pool(2) as p: print(p.map(abs, [-1, 2]))"},
      {"an error", "def f(n):\n  return 1 / n\nprint('before')\nf(0)"},
      {"a chain of errors", "try:\n  {}['x']\nexcept KeyError as e:\n  raise OSError('y') from e"},
      {"an error of syntax", "def f(:\n  pass"},
      {"no such module", "import no_such_module"},
      {"an error in a thread",
       "import threading\n"
       "t = threading.Thread(target=lambda: 1 / 0, name='t')\n"
       "t.start(); t.join(); print('after')"},
      {"an exit code", "import sys; print('x', end=''); sys.exit(3)"},
      {"an exit with a text", "raise SystemExit('why')"},
      {"a hook", "import atexit; atexit.register(print, 'hook'); raise ValueError('main')"},
      {"a recursion", "def f(): f()\nf()"},
      {"a megabyte", "print('1234567\\n' * 100000, end='')"},
      {"64 MiB", "b = bytearray(64 << 20); print(len(b))"},
      {"no memory left", "b = []\nwhile True: b.append(bytearray(1 << 20))"},
      {"a signal", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"},
      {"an endless loop", "while True: pass", {{"limits", {{"cpu_ms", 300}}}}},
      {"limits of its own",
       "import resource as r\n"
       "print([r.getrlimit(k) for k in (r.RLIMIT_STACK, r.RLIMIT_NOFILE,"
       " r.RLIMIT_FSIZE, r.RLIMIT_CORE)])",
       {{"limits", {{"memory_bytes", 64 << 20}, {"wall_ms", 3000}, {"open_files", 50}}}}},
      {"a module of its own that the library has too",
       "",
       {{"files",
         {{{"path", "main.py"},
           {"content", "import random, json\nprint(random.mine, json.dumps([1]))"}},
          {{"path", "random.py"}, {"content", "mine = 'mine'\n"}}}}}},
      {"one that the library itself would find",
       "",
       {{"files",
         {{{"path", "main.py"}, {"content", "import json"}},
          {{"path", "re.py"}, {"content", "print('not the one')"}}}}}},
      {"a package of its own",
       "",
       {{"files",
         {{{"path", "main.py"}, {"content", "from pack import x; print(x)"}},
          {{"path", "pack/__init__.py"}, {"content", "x = 5"}}}}}},
      {"a variable", "import os; print(os.environ['A'])", {{"env", {{"A", "1"}}}}},
      {"a path of modules",
       "import sys, os; print(sys.path[1], os.environ['PYTHONPATH'])",
       {{"env", {{"PYTHONPATH", "/box/lib"}}}}},
      {"asserts switched off",
       "assert False, 'heard'; print(1)",
       {{"compile", {{"options", {{"optimize", "1"}}}}}}},
      {"isolated", "import sys; print(sys.flags.isolated)", {{"compile", {{"args", {"-I"}}}}}},
      {"files", "open('a.txt', 'w').write('x'); import os; print(os.listdir('.'))"},
      {"garbage", "import gc; print(gc.isenabled(), gc.get_threshold(), gc.garbage)"},
  };
  for (const WarmProgram& program : programs) {
    ASSERT_TRUE(wait_for_preboot(warm(), "python"));
    const json job = job_of("python", program);
    expect_same_answers(warm().run(job), cold().run(job), program.name);
  }
}

TEST_F(WarmPython, really_waits_with_what_many_programs_import) {
  const std::string source = "import sys; print('json' in sys.modules)";
  EXPECT_EQ(output_of(source), "True\n");
  const json result = cold().run({{"language", "python"}, {"source", source}});
  EXPECT_EQ(result["runs"][0]["stdout"], "False\n");
}

TEST_F(WarmPython, gives_each_job_an_interpreter_of_its_own) {
  std::set<std::string> hashes;
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(wait_for_preboot(warm(), "python"));
    hashes.insert(output_of("import random; print(hash('x'), random.random())"));
  }
  EXPECT_EQ(hashes.size(), 4U);
}

TEST_F(WarmPython, comes_back_after_a_request_of_another_kind_and_learns_it) {
  const json job{{"language", "python"},
                 {"source", "print(__debug__)"},
                 {"compile", {{"options", {{"optimize", "2"}}}}}};
  const auto learned = [&] {
    return body_of(warm().get("/v1/languages/python"))["warm_up"]["preboots"].size() > 1;
  };
  for (int i = 0; i < 2; ++i) EXPECT_EQ(warm().run(job)["runs"][0]["stdout"], "False\n");
  EXPECT_TRUE(learned());
}

TEST_F(WarmPython, nobody_hears_of_one_that_is_killed_while_it_waits) {
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(wait_for_preboot(warm(), "python"));
    for (const pid_t pid : waiting()) ASSERT_EQ(::kill(pid, SIGKILL), 0);
    const json result = warm().run({{"language", "python"}, {"source", "print('right')"}});
    EXPECT_EQ(result["status"], "ok") << daemon()->log_text();
    EXPECT_EQ(result["runs"][0]["stdout"], "right\n");
  }
}

TEST_F(WarmPython, one_killed_as_it_gets_its_job_is_the_killers_doing_or_nobodys) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(wait_for_preboot(warm(), "python"));
    const auto victims = waiting();
    std::thread killer{[&] {
      std::this_thread::sleep_for(std::chrono::microseconds{i * 200});
      for (const pid_t pid : victims) ::kill(pid, SIGKILL);
    }};
    const json result = warm().run({{"language", "python"}, {"source", "print('right')"}});
    killer.join();
    const json& run = result["runs"][0];
    if (run["signal"] == "SIGKILL") continue;  // it had the job by then
    EXPECT_EQ(result["status"], "ok") << result.dump() << daemon()->log_text();
    EXPECT_EQ(run["stdout"], "right\n");
  }
}

TEST_F(WarmPython, many_at_once_are_served_from_both_places) {
  std::array<std::thread, 4> clients;
  for (auto& client : clients) {
    client = std::thread{[] {
      for (int i = 0; i < 25; ++i) {
        const json result = warm().run(
            {{"language", "python"}, {"source", "print(input()[::-1])"}, {"stdin", "abc"}});
        EXPECT_EQ(result["status"], "ok") << result.dump();
        EXPECT_EQ(result["runs"][0]["stdout"], "cba\n");
      }
    }};
  }
  for (auto& client : clients) client.join();
}

}  // namespace
}  // namespace cex::test
