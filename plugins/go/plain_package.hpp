// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <cex/plugin.hpp>

/// Which jobs `go build` treats just as the bare compiler would. Whatever is not plain to see is
/// answered with no: that costs time, while a wrong yes would change what a program means.
namespace cex::plugins::go {

/// Is a file with this name one that no version of `go build` looks at?
[[nodiscard]] bool is_data(std::string_view name);

/// Does the host show this file to its end?
[[nodiscard]] bool is_whole(std::string_view text);

/// Is this a Go file that `go build` takes whatever its name says? No for tests, for names that
/// could tell an operating system or a processor, and for those with odd characters.
[[nodiscard]] bool is_plain_name(std::string_view name);

/// Is `text`, the beginning of a file, a whole file of package main without anything that is said
/// to `go build` (constraints, embedded files, settings) or that moves positions?
[[nodiscard]] bool is_plain_source(std::string_view text);

/// One package in the box folder.
struct PlainPackage {
  /// Its files, in the order in which `go build` gives them to the compiler. Empty: the job is no
  /// such package.
  plugin::Strings sources{};
  /// What they import; none where that is not plain to see (see plain_imports).
  std::optional<plugin::Strings> imports{};
};

[[nodiscard]] PlainPackage plain_package(const plugin::PlanRequest& request);

}  // namespace cex::plugins::go
