// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/job_request.hpp"

namespace cex::test {

/// One program of a corpus: a source file whose first comment says, a "key: value" a line, what it
/// tries and what must come of it. Keys:
///   requires  ids of docs/security-model.md, separated by spaces
///   about     one sentence: what the program does
///   status    the job statuses that are right, separated by spaces (default: ok); "refused": every
///             single one of `env` and of `compile_args` makes the job be turned away
///   stdout    what it must print, a line; "any" for what cannot be known (default: the corpus's
///   word) limits    NAME=NUMBER ..., by the names of the API, for the run compile_limits   the
///   same for the compile step args      separated by spaces; {name} stands for a fact of the
///   outside (Outside::facts) input     a line for stdin env       NAME=VALUE ..., separated by
///   spaces compile_args  separated by spaces artifacts globs run       "alone" (default), "pair":
///   twice at the same time with "left" and "right" as last
///             argument, or "twice": one after the other in every slot, with "first" and "second"
///   beside    "neighbour": an honest job runs at the same time and must end `ok`
struct Program {
  std::filesystem::path path;
  std::string language;  ///< by its extension
  std::string source;
  std::vector<std::string> ids;
  std::string about;
  std::set<std::string> statuses{"ok"};
  std::string expected;
  LimitsRequest limits;
  LimitsRequest compile_limits;
  std::vector<std::string> args;
  std::string input;
  std::vector<std::string> env;
  std::vector<std::string> compile_args;
  std::vector<std::string> artifacts;
  std::string run{"alone"};
  bool neighbour{false};
};

/// Reads one file. Errors: an unknown key, a value that does not parse, no `about`.
[[nodiscard]] Result<Program> read_program(const std::filesystem::path& path,
                                           const std::string& default_output);

/// All programs below `folder`, by path. Files named `*.h` are helpers, given to every C program.
[[nodiscard]] Result<std::vector<Program>> read_corpus(const std::filesystem::path& folder,
                                                       const std::string& default_output);

/// The helpers of `folder`, as files for a C job.
[[nodiscard]] FileSet read_helpers(const std::filesystem::path& folder);

}  // namespace cex::test
