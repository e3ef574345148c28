// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <cex/plugin_abi.h>
#include <nlohmann/json.hpp>

namespace cex::testkit {

/// A sink that keeps every record as JSON and notes each breach of the ABI's rules. One call each.
class Recorder {
 public:
  Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  [[nodiscard]] const cex_sink* sink() const { return &sink_; }
  [[nodiscard]] const nlohmann::ordered_json& records() const { return records_; }
  [[nodiscard]] const std::vector<std::string>& breaches() const { return breaches_; }
  [[nodiscard]] cex_status error_code() const { return error_code_; }
  [[nodiscard]] const std::string& error_text() const { return error_text_; }

 private:
  static cex_status on_emit(void* ctx, std::uint32_t kind, const cex_record* record) noexcept;
  static void on_error(void* ctx, cex_status code, cex_str message) noexcept;
  void keep(std::uint32_t kind, const cex_record& record);

  cex_sink sink_{};
  nlohmann::ordered_json records_ = nlohmann::ordered_json::array();
  std::vector<std::string> breaches_;
  cex_status error_code_{CEX_OK};
  std::string error_text_;
};

}  // namespace cex::testkit
