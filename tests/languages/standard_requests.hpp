// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/plugins/declarative_language.hpp"

namespace cex::tests {

/// A question to a plugin, and what is special about it.
struct StandardRequest {
  std::string name;
  langspec::PlanRequest request;
};

/// The questions whose answers are kept for each toolchain of a language: every phase with the
/// default options, compile and run with each other value of each option, with layers that are
/// ready, with several files, and with arguments.
[[nodiscard]] std::vector<StandardRequest> standard_requests(
    const plugins::DeclarativeLanguage& language);

}  // namespace cex::tests
