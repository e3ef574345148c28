// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.hpp"

namespace cex::sandbox {

/// The policy of section 5 of the threat model as BPF, exported once at start-up.
struct Filters {
  std::string run;      ///< struct sock_filter[], as bytes: the allow list of every box
  std::string compile;  ///< stacked on top for compile steps: no sockets but AF_UNIX
};

/// Pure but for a memfd. Errors: Errc::unsupported if libseccomp cannot build the filter here.
[[nodiscard]] Result<Filters> build_filters();

}  // namespace cex::sandbox
