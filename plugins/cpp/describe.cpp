// SPDX-License-Identifier: Apache-2.0
#include "describe.hpp"

#include <string>

namespace cex::plugins::cpp {
namespace {

using plugin::Strings;

/// What may stand in compile.args. No option that takes a path, reads options from a file, runs a
/// program, or hands words on to the assembler, preprocessor or linker: that is why -W is spelled
/// out by its second letter, so that no pattern covers -Wa, -Wl, -Wp followed by a comma.
Strings compile_arguments() {
  return {// Macros, language, optimisation, debugging
          "-D*", "-U*", "-std=*", "-ansi", "-O", "-O0", "-O1", "-O2", "-O3", "-Os", "-Og", "-Ofast",
          "-g", "-g0", "-g1", "-g2", "-g3", "-ggdb",
          // Warnings
          "-w", "-pedantic", "-pedantic-errors", "-Wall", "-Waddress*", "-Walloc*", "-Warith*",
          "-Warray*", "-Wassign*", "-Wattrib*", "-Wb*", "-WC*", "-Wc*", "-Wd*", "-We*", "-Wf*",
          "-Wh*", "-Wi*", "-Wlogical*", "-Wlong*", "-Wm*", "-Wn*", "-Wo*", "-Wpacked", "-Wpadded",
          "-Wparentheses", "-Wpedantic", "-Wpessimizing-move", "-Wpointer*", "-Wr*", "-Ws*", "-Wt*",
          "-Wu*", "-Wv*", "-Ww*", "-Wz*",
          // Code generation
          "-fsanitize=address", "-fsanitize=undefined", "-fsanitize=address,undefined",
          "-fno-sanitize-recover", "-fno-sanitize-recover=all", "-fexceptions", "-fno-exceptions",
          "-fno-rtti", "-fopenmp", "-fwrapv", "-ftrapv", "-ffast-math", "-funroll-loops",
          "-fno-strict-aliasing", "-fno-omit-frame-pointer", "-fomit-frame-pointer", "-fno-inline",
          "-fpermissive", "-fconcepts", "-fcoroutines", "-fsigned-char", "-funsigned-char",
          "-fshort-enums", "-fstack-protector-all", "-fstack-protector-strong", "-fanalyzer",
          "-fPIC", "-fPIE", "-fno-builtin", "-fconstexpr-depth=*", "-fconstexpr-ops-limit=*",
          "-ftemplate-depth=*", "-march=native", "-march=x86-64", "-march=x86-64-v2",
          "-march=x86-64-v3", "-march=x86-64-v4", "-mtune=native", "-mavx", "-mavx2", "-mbmi",
          "-mbmi2", "-mfma", "-mlzcnt", "-mpopcnt", "-msse4.1", "-msse4.2",
          // Libraries that every installation has, by name only
          "-pthread", "-static", "-static-libgcc", "-static-libstdc++", "-lm", "-lpthread", "-ldl",
          "-lrt", "-latomic", "-lstdc++fs", "-lquadmath"};
}

Strings with_gnu(const Strings& standards) {
  Strings all = standards;
  for (const std::string& standard : standards) {
    all.push_back("gnu" + standard.substr(standard.find_first_of("+0123456789")));
  }
  return all;
}

void describe_options(plugin::Describe& describe, const std::string& language,
                      const std::string& standard, const Strings& standards) {
  describe.option({.language = language,
                   .id = "std",
                   .default_value = standard,
                   .allowed = with_gnu(standards)});
  describe.option({.language = language,
                   .id = "optimize",
                   .default_value = "2",
                   .allowed = {"0", "1", "2", "3", "s", "g"}});
  describe.option({.language = language,
                   .id = "warnings",
                   .default_value = "none",
                   .allowed = {"none", "all", "extra"}});
  describe.option({.language = language,
                   .id = "args",
                   .allowed = compile_arguments(),
                   .kind = plugin::OptionKind::compile_argument});
}

/// "gcc", then "gcc-9" and its successors: Debian installs several versions side by side.
Strings versioned(const std::string& name, int oldest, int newest) {
  Strings all{name};
  for (int version = newest; version >= oldest; --version) {
    all.push_back(name + "-" + std::to_string(version));
  }
  return all;
}

}  // namespace

void describe_all(plugin::Describe& describe) {
  describe.language({.id = "c",
                     .name = "C",
                     .family = "cpp",
                     .extensions = {".c"},
                     .default_file = "main.c",
                     .editor_mode = "c",
                     .hello = "#include <stdio.h>\n\nint main(void) {\n  puts(\"Hello, world!\");\n"
                              "  return 0;\n}\n",
                     .compiled = true});
  describe.language({.id = "cpp",
                     .name = "C++",
                     .family = "cpp",
                     .aliases = {"c++", "cxx", "cc"},
                     .extensions = {".cpp", ".cc", ".cxx", ".c++", ".C"},
                     .default_file = "main.cpp",
                     .editor_mode = "cpp",
                     .hello = "#include <iostream>\n\nint main() {\n"
                              "  std::cout << \"Hello, world!\\n\";\n}\n",
                     .compiled = true});
  describe_options(describe, "c", "gnu17", {"c89", "c99", "c11", "c17", "c23"});
  describe_options(describe, "cpp", "gnu++17",
                   {"c++98", "c++11", "c++14", "c++17", "c++20", "c++23", "c++26"});
  describe.probe({.id = kGccProbe,
                  .candidates = versioned("gcc", 9, 17),
                  .args = {"--version"},
                  .every = true});
  describe.probe({.id = kGxxProbe,
                  .candidates = versioned("g++", 9, 17),
                  .args = {"--version"},
                  .every = true});
  describe.probe({.id = kClangProbe,
                  .candidates = versioned("clang", 11, 23),
                  .args = {"--version"},
                  .every = true});
  describe.probe({.id = kMoldProbe, .candidates = {"mold"}, .args = {"--version"}});
}

}  // namespace cex::plugins::cpp
