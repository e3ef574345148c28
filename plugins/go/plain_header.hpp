// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <cex/plugin.hpp>

/// The beginning of a Go file, which `go build` itself reads: package clause and imports.
namespace cex::plugins::go {

/// "package main" and the end of a line, after comments.
[[nodiscard]] bool is_package_main(std::string_view text);

/// The import paths of a file of package main, if its beginning is so plain that `go build` has
/// nothing to say about it but whether these packages exist: whatever else is wrong with the file
/// is then for the compiler to say. None if it is not, or not plain to see.
[[nodiscard]] std::optional<plugin::Strings> plain_imports(std::string_view text);

}  // namespace cex::plugins::go
