// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/base/result.hpp"

namespace cex::plugins {

/// A shared object in this process, closed when the last owner lets go. Its code must not be
/// running and its objects must be gone by then.
class NativeLibrary {
 public:
  /// `path` is absolute; nothing is searched for, symbols stay local, everything is bound at once.
  /// Runs the object's constructors. Errors: Errc::plugin with the loader's own words.
  [[nodiscard]] static Result<NativeLibrary> load(const std::string& path);

  /// Address of an exported object, null if there is none.
  [[nodiscard]] const void* find(const std::string& symbol) const;

 private:
  struct Loaded;
  explicit NativeLibrary(std::shared_ptr<const Loaded> loaded) : loaded_{std::move(loaded)} {}
  std::shared_ptr<const Loaded> loaded_;
};

}  // namespace cex::plugins
