// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cex/plan.hpp>
#include <cex/scan.hpp>

#include "class_archive.hpp"
#include "java_warm.hpp"
#include "jvm_common.hpp"
#include "jvm_gate.hpp"
#include "jvm_language.hpp"

namespace cex::plugins::jvm {
namespace {

constexpr const char* kProbe = "javac";

void describe_java(plugin::Describe& describe) {
  describe.language({.id = "java",
                     .name = "Java",
                     .family = "jvm",
                     .extensions = {".java"},
                     .default_file = "Main.java",
                     .editor_mode = "java",
                     .hello = "public class Main {\n  public static void main(String[] args) {\n"
                              "    System.out.println(\"Hello, world!\");\n  }\n}\n",
                     .compiled = true});
  plugin::Strings releases{"default"};
  for (int release = 8; release <= 30; ++release) releases.push_back(std::to_string(release));
  describe.option(
      {.language = "java", .id = "release", .default_value = "default", .allowed = releases});
  describe.option({.language = "java",
                   .id = "lint",
                   .default_value = "default",
                   .allowed = {"default", "none", "all"}});
  // Nothing that names a path, a processor or a plugin.
  describe.option(
      {.language = "java",
       .id = "javac",
       .allowed = {"-Xlint", "-Xlint:*", "-Xdiags:verbose", "-Xdiags:compact", "-Werror", "-nowarn",
                   "-deprecation", "-parameters", "-g", "-g:*", "--enable-preview"},
       .kind = plugin::OptionKind::compile_argument});
  describe.option(runtime_option("java"));
  describe.probe(
      {.id = kProbe,
       .candidates = {"javac", "/usr/lib/jvm/*/bin/javac", "/opt/*/bin/javac",
                      "/usr/local/*/bin/javac"},
       .args = {"-J-XX:+UseSerialGC", "-J-XX:TieredStopAtLevel=1", "-J-Xmx64m", "-version"},
       .every = true});
}

/// "javac 17.0.15" on stdout; before 9 "javac 1.8.0_392" on stderr.
std::optional<plugin::Toolchain> recognise_java(const plugin::ProbeOutput& output) {
  if (output.exit_code != 0 || output.probe != kProbe) return std::nullopt;
  std::string version = plugin::scan_version(output.out, "javac ");
  if (version.empty()) version = plugin::scan_version(output.err, "javac ");
  if (version.empty()) return std::nullopt;
  if (plugin::starts_with(version, "1.")) version = version.substr(2);
  const std::string home = home_of(output.executable);
  if (home.empty()) return std::nullopt;
  const std::string name(plugin::base_name(home));
  return plugin::Toolchain{.id = name,
                           .executable = std::string(output.executable),
                           .version = version,
                           .label = "JDK " + version + " (" + name + ")",
                           .languages = {"java"},
                           .read_only_paths = read_only_paths(home)};
}

Jvm jvm_of(const plugin::PlanRequest& request) {
  return {home_of(request.executable), std::string(request.version)};
}

plugin::Step compile_java(const plugin::PlanRequest& request, const Jvm& jvm) {
  plugin::Step step{.name = "javac"};
  plugin::Strings& argv = step.argv;
  argv = {std::string(request.executable)};
  add(argv, for_launcher(compiler_flags(request.memory_bytes)));
  add(argv, for_launcher(use_archive(request, jvm, kJavacArchive)));
  add(argv, {"-proc:none", "-encoding", "UTF-8", "-cp", std::string(request.box_dir), "-d",
             std::string(request.out_dir)});
  std::string release(request.option("release", "default"));
  const bool preview = plugin::contains(request.compile_args, "--enable-preview");
  if (release == "default" && preview) {  // javac wants to be told for which release
    release = std::to_string(jvm.release());
  }
  if (release != "default") argv.insert(argv.end(), {"--release", release});
  const std::string_view lint = request.option("lint", "default");
  if (lint != "default") argv.push_back("-Xlint:" + std::string(lint));
  plugin::append(argv, request.compile_args);
  add(argv, sources(request, {".java"}, "Java"));
  step.outputs = {"**/*.class"};
  if (makes_archives(jvm)) step.layers = {std::string(kJavacArchive.layer)};
  step.repeatable = true;  // class files hold no time and no name from outside the box
  step.needs_exec_memory = true;
  step.needs_proc = true;
  step.hints = hints(request);
  step.hints.overhead_memory_bytes = 256 * plugin::kMiB;
  step.hints.cpu_ms = 20'000;
  return step;
}

/// "a/b/Main.java" holds a.b.Main: the plugin sees names, not contents.
std::string main_class(const plugin::PlanRequest& request) {
  std::string_view file = request.entry_file;
  if (!plugin::ends_with(file, ".java") || plugin::base_name(file) == ".java") {
    throw plugin::BadRequest("the entry file of a Java program must be called CLASS.java");
  }
  while (plugin::skip(file, "./")) {
  }
  std::string name(file.substr(0, file.size() - std::string_view(".java").size()));
  std::replace(name.begin(), name.end(), '/', '.');
  if (name[0] == '-' || name[0] == '@') {
    throw plugin::BadRequest("the entry file's name is no name of a Java class");
  }
  return name;
}

plugin::Plan plan_java(const plugin::PlanRequest& request) {
  const Jvm jvm = jvm_of(request);
  plugin::Plan plan;
  switch (request.phase) {
    case plugin::Phase::compile:
      plan = {compile_java(request, jvm)};
      add_gate(
          request, jvm,
          {.work = "javac",
           .arguments = {"-proc:none", "-encoding", "UTF-8", "-cp", std::string(request.box_dir)},
           .files = java_training(jvm),
           .prefix = "-J"},
          plan);
      return plan;
    case plugin::Phase::run:
      plan = {run_step(request, jvm,
                       {.class_path = std::string(request.box_dir),
                        .main_class = main_class(request),
                        .archive = kJavaArchive})};
      add_gate(request, jvm, {}, plan);
      return plan;
    case plugin::Phase::warm:
      return warm_java(request, jvm);
  }
  return plan;
}

std::vector<plugin::Diagnostic> diagnose_java(std::string_view text) {
  return plugin::scan_javac(text);
}

}  // namespace

JvmLanguage java() {
  return {"java", &describe_java, &recognise_java, &plan_java, &diagnose_java};
}

}  // namespace cex::plugins::jvm
