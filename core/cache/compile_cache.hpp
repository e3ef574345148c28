// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "core/model/diagnostic.hpp"
#include "core/model/file_set.hpp"
#include "core/model/outcome.hpp"

namespace cex::cache {

/// What a good compilation made and said.
struct Compiled {
  std::string step;  ///< name of its last step
  FileSet outputs;
  CapturedStream out;
  CapturedStream err;
  std::vector<Diagnostic> diagnostics;
};

/// Compilations by the hash of everything that they depend on: in memory, bounded in bytes, those
/// unused for longest go first. Gone with the server, so that a toolchain changed meanwhile is not
/// asked for an old answer. Contents are shared with whoever uses them, never copied. Thread-safe.
class CompileCache {
 public:
  /// 0: keeps nothing.
  explicit CompileCache(std::uint64_t max_bytes) : max_bytes_{max_bytes} {}

  [[nodiscard]] bool enabled() const { return max_bytes_ > 0; }
  /// Null if there is none. Counts as a use.
  [[nodiscard]] std::shared_ptr<const Compiled> find(const std::string& key);
  /// One that is larger than the whole cache is not kept.
  void store(const std::string& key, Compiled compiled);

  struct Status {
    std::uint64_t entries{0};
    std::uint64_t bytes{0};
  };
  [[nodiscard]] Status status() const;

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Compiled> compiled;
    std::uint64_t bytes{0};
  };
  const std::uint64_t max_bytes_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the last used one first
  std::map<std::string, std::list<Entry>::iterator> by_key_;
  std::uint64_t bytes_{0};
};

}  // namespace cex::cache
