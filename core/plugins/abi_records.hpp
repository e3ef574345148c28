// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cex/plugin_abi.h>

#include "core/base/result.hpp"
#include "core/langspec/plan.hpp"
#include "core/model/diagnostic.hpp"

namespace cex::plugins {

/// The sink of one call: copies each record into host-side values before emit() returns, checks the
/// ABI's rules, and refuses everything after the first breach. For one call and one thread.
class RecordSink {
 public:
  enum class Call : std::uint8_t { describe, recognise, plan, diagnose };

  explicit RecordSink(Call call, std::uint32_t phase = 0);
  RecordSink(const RecordSink&) = delete;
  RecordSink& operator=(const RecordSink&) = delete;

  [[nodiscard]] const cex_sink* sink() const noexcept { return &sink_; }

  /// Whether the call went well: no breach, and `status` is CEX_OK. Errors: Errc::invalid_request
  /// with the plugin's words to the user; Errc::plugin for everything else.
  [[nodiscard]] Result<void> finish(cex_status status) const;

  langspec::Description description;
  std::vector<langspec::Toolchain> toolchains;
  langspec::Plan plan;
  std::vector<Diagnostic> diagnostics;

 private:
  static cex_status on_emit(void* ctx, std::uint32_t kind, const cex_record* record) noexcept;
  static void on_error(void* ctx, cex_status code, cex_str message) noexcept;

  [[nodiscard]] bool is_expected(std::uint32_t kind) const noexcept;
  void keep(std::uint32_t kind, const cex_record& record);
  void refuse(std::string why);
  [[nodiscard]] std::string text(const char* field, cex_str from);
  [[nodiscard]] std::vector<std::string> texts(const char* field, cex_list from);

  void keep_language(const cex_language& from);
  void keep_option(const cex_option& from);
  void keep_probe(const cex_probe& from);
  void keep_toolchain(const cex_toolchain& from);
  void keep_step(const cex_step& from);
  void keep_file(const cex_file& from);
  void keep_diagnostic(const cex_diagnostic& from);

  Call call_;
  std::uint32_t phase_;
  cex_sink sink_{};
  std::size_t count_{0};
  std::string breach_;
  cex_status error_code_{CEX_OK};
  std::string error_text_;
};

}  // namespace cex::plugins
