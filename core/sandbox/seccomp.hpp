// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/sandbox/call_policy.hpp"

namespace cex::sandbox {

/// The policy of section 5 of the threat model as BPF, made once at start-up.
struct Filters {
  std::string run;      ///< struct sock_filter[], as bytes: the allow list of every box
  std::string compile;  ///< stacked on top for compile steps: no sockets but AF_UNIX
};

/// The allow list of every box, and what compile steps are refused on top.
[[nodiscard]] CallPolicy run_policy();
[[nodiscard]] CallPolicy compile_policy();

/// Pure. Errors: those of encode().
[[nodiscard]] Result<Filters> build_filters();

}  // namespace cex::sandbox
