// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/langspec/lang_spec.hpp"
#include "core/plugins/declarative_language.hpp"

namespace cex::plugins {

/// Languages that were written down in a plugin.json, behind the same interface as a shared object.
/// Pure and thread-safe.
class DeclarativeSpec final : public langspec::LangSpec {
 public:
  explicit DeclarativeSpec(std::vector<DeclarativeLanguage> languages);

  [[nodiscard]] Result<langspec::Description> describe() const override;
  [[nodiscard]] Result<std::optional<langspec::Toolchain>> recognise(
      const langspec::ProbeOutput& output) const override;
  [[nodiscard]] Result<langspec::Plan> plan(const langspec::PlanRequest& request) const override;
  [[nodiscard]] Result<std::vector<Diagnostic>> diagnose(std::string_view language,
                                                         std::string_view text,
                                                         bool truncated) const override;

 private:
  [[nodiscard]] const DeclarativeLanguage* find(std::string_view id) const;
  [[nodiscard]] static std::optional<langspec::Toolchain> recognise_as(
      const DeclarativeLanguage& language, const DeclaredToolchain& toolchain,
      const langspec::ProbeOutput& output);
  /// By the id that recognise() made of it; null: there is none.
  [[nodiscard]] static const DeclaredToolchain* toolchain_of(const DeclarativeLanguage& language,
                                                             const langspec::PlanRequest& request);
  std::vector<DeclarativeLanguage> languages_;
};

}  // namespace cex::plugins
