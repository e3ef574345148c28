// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <cex/plugin.hpp>

/// Where things lie in a Go installation, and what its version can do.
namespace cex::plugins::go {

/// GOROOT of "/usr/local/go/bin/go".
[[nodiscard]] std::string root_of(std::string_view executable);

/// The folder of the compiler and the linker: "/usr/local/go/pkg/tool/linux_amd64". Empty on a
/// processor whose name in Go is not known here.
[[nodiscard]] std::string tools_of(std::string_view executable);

/// Is this Go 1.`minor` or newer?
[[nodiscard]] bool is_at_least(std::string_view version, unsigned minor);

/// Go itself by "go version"; a shell by its answer to `kShellProbe`.
[[nodiscard]] std::optional<plugin::Toolchain> recognise(const plugin::ProbeOutput& output);

/// The shell as a tool: its probe and its id.
inline constexpr std::string_view kShell = "sh";

}  // namespace cex::plugins::go
