// SPDX-License-Identifier: Apache-2.0
// Ruby, Node.js, PHP and Perl at the gates that their manifests declare: the same answers as those
// of programs that were started with their job.
#include <signal.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/api/api_fixture.hpp"
#include "tests/api/warm_fixture.hpp"

namespace cex::test {
namespace {

/// What a language's programs are asked, and how one tells that it waited at the gate.
struct Scripts {
  const char* language;
  std::vector<WarmProgram> programs;
  const char* entry;         ///< the path that its waiting interpreters were started with
  const char* prints_right;  ///< the simplest program
};

Scripts ruby() {
  return {"ruby",
          {{"hello", "puts 'Hello, world!'"},
           {"echo", "STDIN.each_line { |l| print l }", {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
           {"gets", "puts gets.to_i + gets.to_i", {{"stdin", "2\n3\n"}}},
           {"arguments", "p ARGV", {{"args", {"a b", "", "-x"}}}},
           {"the world",
            "p ENV.sort, $LOAD_PATH, Dir.pwd, Dir.children('.').sort, Dir.children('/tmp').sort\n"
            "p $0, __FILE__, $PROGRAM_NAME, self.singleton_methods.sort, global_variables.sort\n"
            "p local_variables, Object.constants.sort, Thread.list.size, method(:require).owner\n"
            "p Dir.children('/proc').grep(/\\A\\d+\\z/), $$, Process.ppid, $!, $?, $;, $,\n"
            "p Kernel.private_method_defined?(:require), ObjectSpace.each_object(IO).count { |i| "
            "!i.closed? }"},
           {"what is loaded", "puts $LOADED_FEATURES.grep(/box/), defined?(JSON).inspect"},
           {"a library", "require 'json'; require 'set'; puts({ 'a' => Set[1] }.to_json)"},
           {"a missing require", "puts JSON.generate([1])"},
           {"a file of its own",
            "",
            {{"files",
              {{{"path", "main.rb"}, {"content", "require_relative 'gate'; p X"}},
               {{"path", "gate.rb"}, {"content", "X = 5\n"}}}}}},
           {"an error", "def f(n)\n  1 / n\nend\nputs 'before'\nf(0)"},
           {"a wrong name", "[1].frist"},
           {"an error of syntax", "def f(\n  1 +\n"},
           {"no such library", "require 'no_such_library'"},
           {"an error in a thread", "Thread.new { raise 'inside' }.join"},
           {"an exit code", "print 'x'; exit 3"},
           {"a hook", "at_exit { puts 'hook' }; abort 'main'"},
           {"a recursion", "def f = f\nbegin; f; rescue SystemStackError; puts 'deep'; end"},
           {"a child",
            "require 'rbconfig'; puts IO.popen([RbConfig.ruby, '-e', 'p ARGV, ENV.sort'], &:read)"},
           {"data", "puts DATA.read\n__END__\nthe end"},
           {"a megabyte", "print \"1234567\\n\" * 100000"},
           {"no memory left", "a = []; loop { a << 'x' * (1 << 20) }"},
           {"a signal", "Process.kill(:USR1, $$); sleep 1", {{"limits", {{"wall_ms", 5000}}}}},
           {"an endless loop", "loop {}", {{"limits", {{"cpu_ms", 300}}}}}},
          "./main.rb",
          "puts 'right'"};
}

Scripts javascript() {
  return {
      "javascript",
      {{"hello", "console.log('Hello, world!')"},
       {"echo", "process.stdin.pipe(process.stdout)", {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
       {"read at once",
        "const s = require('fs').readFileSync(0, 'utf8'); console.log(s.length)",
        {{"stdin", "2\n3\n"}}},
       {"lines",
        "require('readline').createInterface({input: process.stdin}).on('line', l => "
        "console.log('<' + l + '>'))",
        {{"stdin", "a\nb"}}},
       {"arguments", "console.log(process.argv, process.execArgv)", {{"args", {"a b", "", "-x"}}}},
       {"the world",
        "const fs = require('fs');\n"
        "console.log(process.env, process.argv, process.execArgv, process.cwd(), __filename);\n"
        "console.log(Object.keys(require.cache), module.id, module.parent, module.paths);\n"
        "console.log(fs.readdirSync('.').sort(), fs.readdirSync('/tmp'), require.main === "
        "module);\n"
        "console.log(fs.readdirSync('/proc').filter(x => /^\\d+$/.test(x)), process.pid, "
        "process.ppid);\n"
        "console.log(Object.getOwnPropertyNames(globalThis).sort().join(), "
        "process.listenerCount('exit'));\n"
        "console.log(Object.keys(require('module')._pathCache), process.exitCode, process.title);\n"
        "console.log(process._getActiveHandles().length, process._getActiveRequests().length)"},
       {"a file of its own",
        "",
        {{"files",
          {{{"path", "main.js"},
            {"content", "console.log(require('./gate'), module.children.length)"}},
           {{"path", "gate.js"}, {"content", "module.exports = __dirname\n"}}}}}},
       {"an error", "function f(n) { return n.x.y }\nconsole.log('before')\nf({})"},
       {"an error of syntax", "function (\n"},
       {"no such module", "require('no_such_module')"},
       {"a rejection", "Promise.reject(new Error('late'))"},
       {"an exit code", "process.stdout.write('x'); process.exitCode = 3"},
       {"a hook", "process.on('exit', c => console.log('hook', c)); throw new Error('main')"},
       {"a timer", "setTimeout(() => console.log('later'), 10); console.log('first')"},
       {"a recursion", "function f() { f() }\ntry { f() } catch (e) { console.log(e.name) }"},
       {"a child",
        "console.log(require('child_process').execFileSync(process.execPath, ['-p', "
        "'JSON.stringify([process.argv, process.execArgv, process.env])']).toString())"},
       {"a child of the same",
        "const {fork} = require('child_process');\n"
        "if (process.argv[2]) process.send(process.execArgv);\n"
        "else fork(__filename, ['child']).on('message', m => console.log('from it', m))"},
       {"a thread",
        "const w = require('worker_threads');\n"
        "if (w.isMainThread) new w.Worker(__filename).on('message', console.log);\n"
        "else w.parentPort.postMessage('from inside')"},
       {"a megabyte", "process.stdout.write('1234567\\n'.repeat(100000))"},
       {"an endless loop", "for (;;);", {{"limits", {{"cpu_ms", 300}}}}},
       {"a module of the other kind",
        "",
        {{"files",
          {{{"path", "main.js"},
            {"content", "import fs from 'fs'; console.log(typeof fs, import.meta.url)"}},
           {{"path", "package.json"}, {"content", "{\"type\": \"module\"}"}}}}}}},
      "./main.js",
      "console.log('right')"};
}

Scripts php() {
  return {
      "php",
      {{"hello", "<?php echo \"Hello, world!\\n\";"},
       {"text around it", "#!/usr/bin/php\nbefore\n<?php echo 1 + 1 ?>\nafter\n"},
       {"echo",
        "<?php while (($l = fgets(STDIN)) !== false) echo $l;",
        {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
       {"arguments", "<?php var_dump($argv, $argc);", {{"args", {"a b", "", "-x"}}}},
       {"the world",
        "<?php var_dump(error_get_last()); ksort($_ENV); $e = getenv(); ksort($e); print_r($e); "
        "echo getcwd(), __FILE__;\n"
        "print_r(scandir('.')); print_r(scandir('/tmp')); print_r(get_defined_vars()['argv']);\n"
        "print_r(array_keys(get_defined_vars())); \n"
        "print_r(array_values(array_unique(preg_replace('/\\d+/', 'N', "
        "array_filter(array_map(fn($f) => "
        "@readlink('/proc/self/fd/' . $f), scandir('/proc/self/fd')))))));\n"
        "print_r(array_filter(scandir('/proc'), 'ctype_digit')); echo getmypid(), "
        "posix_getppid();\n"
        "print_r(get_defined_functions()['user']); var_dump(error_get_last(), PHP_BINARY);\n"
        "print_r(array_diff(array_keys($GLOBALS), ['e']));"},
       {"what it includes",
        "<?php print_r(get_included_files()); var_dump(ini_get('auto_prepend_file'));"},
       {"how long it ran",
        "<?php usleep(1000); var_dump(microtime(true) - $_SERVER['REQUEST_TIME_FLOAT'] < 5, time() "
        "- "
        "$_SERVER['REQUEST_TIME'] < 5);"},
       {"numbers of objects",
        "<?php $a = new stdClass; $b = new stdClass; var_dump($a, $b, spl_object_id($b));"},
       {"numbers of resources", "<?php var_dump(fopen('/tmp/x', 'w'), opendir('/tmp'));"},
       {"a file of its own",
        "",
        {{"files",
          {{{"path", "main.php"}, {"content", "<?php include 'gate.php'; echo X;"}},
           {{"path", "gate.php"}, {"content", "<?php const X = __DIR__;\n"}}}}}},
       {"an error", "<?php function f($n) { return intdiv(1, $n); }\necho 'before';\nf(0);"},
       {"a warning", "<?php echo $nothing; echo 'after';"},
       {"an error of syntax", "<?php function ( {"},
       {"an exit code", "<?php echo 'x'; exit(3);"},
       {"a hook", "<?php register_shutdown_function(function () { echo 'hook'; }); exit('main');"},
       {"a child", "<?php echo shell_exec(PHP_BINARY . \" -r 'print_r(get_included_files());'\");"},
       {"a megabyte", "<?php echo str_repeat(\"1234567\\n\", 100000);"},
       {"no memory left", "<?php $a = []; while (true) $a[] = str_repeat('x', 1 << 20);"},
       {"an endless loop", "<?php while (true);", {{"limits", {{"cpu_ms", 300}}}}}},
      "./main.php",
      "<?php echo \"right\\n\";"};
}

Scripts perl() {
  return {
      "perl",
      {{"hello", "print \"Hello, world!\\n\";"},
       {"echo", "while (<STDIN>) { print }", {{"stdin", "one\ntwo \u00e9\n\nlast"}}},
       {"arguments", "print join('|', @ARGV), \"\\n\";", {{"args", {"a b", "", "-x"}}}},
       {"the world",
        "use Cwd; print map { \"$_=$ENV{$_}\\n\" } sort keys %ENV; print \"@INC\\n\", getcwd, $0;\n"
        "opendir my $d, '.'; print sort readdir $d; opendir $d, '/tmp'; print sort readdir $d;\n"
        "opendir $d, '/proc'; print join ' ', grep /^\\d+$/, sort readdir $d; print $$, getppid;\n"
        "print __FILE__, __LINE__, $! + 0, $?, $@, $^W, $^X;\n"
        "print join ' ', sort grep { /^[a-z]/i && !/^(strict|warnings)::/ } keys %main::;\n"
        "print grep { /Gate|box/ } %INC, keys %main::;"},
       {"a module", "use List::Util 'sum'; print sum(1, 2, 3);"},
       {"a missing module", "print List::Util::sum(1, 2);"},
       {"no such module", "use No::Such;"},
       {"a file of its own",
        "",
        {{"files",
          {{{"path", "main.pl"}, {"content", "require './Gate.pm'; print Gate::x();"}},
           {{"path", "Gate.pm"}, {"content", "package Gate; sub x { 5 } 1;\n"}}}}}},
       {"an error", "use strict;\nsub f { die \"no\" }\nprint 'before';\nf();"},
       {"strictness", "use strict; use warnings; my $x; print \"$x\"; $y = 1;"},
       {"an error of syntax", "sub f {\n  1 +\n"},
       {"a warning of the first line", "#!/usr/bin/perl -w\nprint $undefined + 1;"},
       {"data", "print <DATA>;\n__DATA__\nthe end\n"},
       {"an exit code", "print 'x'; exit 3;"},
       {"a hook", "END { print 'hook' } die \"main\\n\";"},
       {"a child", "print `$^X -e 'print qq{\\@INC}, %INC'`;"},
       {"a megabyte", "print \"1234567\\n\" x 100000;"},
       {"an endless loop", "1 while 1;", {{"limits", {{"cpu_ms", 300}}}}}},
      "./main.pl",
      "print \"right\\n\";"};
}

class WarmScripts : public WarmSuite<WarmScripts> {
 protected:
  void TearDown() override {
    daemon().reset();
    dir().reset();
  }

  static void start_at_gates(const Scripts& scripts) {
    start_if_usable(scripts.language, "full");
    if (!daemon()) {
      if (std::getenv("CI") != nullptr) FAIL() << "not installed: " << scripts.language;
      GTEST_SKIP() << "not installed: " << scripts.language;
    }
    ASSERT_TRUE(wait_for_preboot(warm(), scripts.language));
  }

  /// How many programs of jobs had been started ahead.
  static int used(const Scripts& scripts) {
    const std::string text = warm().get("/metrics").body;
    const std::string line =
        std::string{"cex_preboots_used_total{language=\""} + scripts.language + "\"} ";
    const auto at = text.find(line);
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + line.size()));
  }

  static void really_waits(const Scripts& scripts) {
    const int before = used(scripts);
    const json job{{"language", scripts.language}, {"source", scripts.prints_right}};
    EXPECT_EQ(warm().run(job)["status"], "ok");
    EXPECT_EQ(used(scripts), before + 1) << daemon()->log_text();
  }

  static void compare(const Scripts& scripts) {
    for (const WarmProgram& program : scripts.programs) {
      ASSERT_TRUE(wait_for_preboot(warm(), scripts.language)) << daemon()->log_text();
      const json job = job_of(scripts.language, program);
      expect_same_answers(warm().run(job), cold().run(job), program.name);
    }
  }

  static void kill_while_they_wait(const Scripts& scripts) {
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(wait_for_preboot(warm(), scripts.language));
      const auto victims = waiting_with(*daemon(), scripts.entry);
      ASSERT_FALSE(victims.empty());
      for (const pid_t pid : victims) ASSERT_EQ(::kill(pid, SIGKILL), 0);
      const json result =
          warm().run({{"language", scripts.language}, {"source", scripts.prints_right}});
      EXPECT_EQ(result["status"], "ok") << daemon()->log_text();
      EXPECT_EQ(result["runs"][0]["stdout"], "right\n");
    }
  }

  static void check(const Scripts& scripts) {
    start_at_gates(scripts);
    if (!daemon()) return;
    really_waits(scripts);
    compare(scripts);
    kill_while_they_wait(scripts);
  }
};

TEST_F(WarmScripts, ruby_changes_no_answer) {
  check(ruby());
}
TEST_F(WarmScripts, javascript_changes_no_answer) {
  check(javascript());
}
TEST_F(WarmScripts, php_changes_no_answer) {
  check(php());
}
TEST_F(WarmScripts, perl_changes_no_answer) {
  check(perl());
}

}  // namespace
}  // namespace cex::test
