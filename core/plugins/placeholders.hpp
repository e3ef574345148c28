// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/langspec/plan.hpp"
#include "core/plugins/declared_step.hpp"

namespace cex::plugins {

/// What is wrong with the placeholders of a text; empty: nothing. `alone`: the text is a whole
/// item, which one like {args...} may become many of.
[[nodiscard]] std::string placeholder_problem(std::string_view text, const DeclaredNames& names,
                                              bool alone);

/// Fills placeholders in for one request. What is filled in is not looked at again: a user's file
/// called {executable} stays that.
class Placeholders {
 public:
  /// Borrows all three.
  Placeholders(const langspec::PlanRequest& request, const std::vector<langspec::Option>& options,
               const std::vector<std::string>& extensions);

  /// One text without placeholders that become many.
  [[nodiscard]] std::string fill(std::string_view text) const;
  /// All items that hold, in order.
  [[nodiscard]] std::vector<std::string> expand(const std::vector<DeclaredItem>& items) const;
  /// The user asked for flags of the run-time system.
  [[nodiscard]] bool has_runtime_arguments() const { return !runtime_arguments_.empty(); }
  /// The first {tool:NAME} asked for that is not installed; empty: all are there.
  [[nodiscard]] const std::string& missing_tool() const { return missing_tool_; }
  [[nodiscard]] std::string option(std::string_view id) const;

 private:
  [[nodiscard]] bool holds(const DeclaredItem& item) const;
  [[nodiscard]] const std::vector<std::string>* many(std::string_view item) const;
  [[nodiscard]] std::string value_of(std::string_view hole) const;
  [[nodiscard]] std::string tool(std::string_view name) const;

  const langspec::PlanRequest& request_;
  std::vector<std::string> files_;
  std::vector<std::string> sources_;
  std::vector<std::string> compile_arguments_;
  std::vector<std::string> runtime_arguments_;
  mutable std::string missing_tool_;
};

}  // namespace cex::plugins
