// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <cex/plugin_abi.h>

namespace cex::testkit {

/// A shared object that was loaded and whose entry table was found in order. It stays loaded until
/// the process ends: the kit loads plugins in short-lived children only.
class Entry {
 public:
  /// Gates 2 and 3. Empty `problem` means success.
  static Entry open(const std::string& library, const std::string& expected_id,
                    const std::string& expected_version, std::string& problem);
  Entry() = default;
  Entry(Entry&& other) noexcept;
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  Entry& operator=(Entry&&) = delete;
  ~Entry();

  [[nodiscard]] const cex_plugin& table() const { return *table_; }
  [[nodiscard]] void* self() const { return self_; }

 private:
  const cex_plugin* table_{nullptr};
  void* self_{nullptr};
};

}  // namespace cex::testkit
