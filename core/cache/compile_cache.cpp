// SPDX-License-Identifier: Apache-2.0
#include "core/cache/compile_cache.hpp"

#include <utility>

namespace cex::cache {
namespace {

// An entry costs more than its contents: names, nodes, the control blocks of shared pointers.
constexpr std::uint64_t kOverhead = 1024;

std::uint64_t size_of(const Compiled& compiled) {
  std::uint64_t bytes = kOverhead + compiled.out.bytes.size() + compiled.err.bytes.size();
  for (const BoxFile& file : compiled.outputs) {
    bytes += file.content->size() + file.path.size() + kOverhead;
  }
  for (const Diagnostic& diagnostic : compiled.diagnostics) {
    bytes += diagnostic.message.size() + diagnostic.file.size() + sizeof(diagnostic);
  }
  return bytes;
}

}  // namespace

std::shared_ptr<const Compiled> CompileCache::find(const std::string& key) {
  const std::lock_guard lock{mutex_};
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->compiled;
}

void CompileCache::store(const std::string& key, Compiled compiled) {
  const std::uint64_t bytes = size_of(compiled);
  if (bytes > max_bytes_) return;
  auto kept = std::make_shared<const Compiled>(std::move(compiled));
  const std::lock_guard lock{mutex_};
  if (by_key_.count(key) != 0) return;  // two jobs compiled the same at the same time
  while (bytes_ + bytes > max_bytes_) {
    bytes_ -= entries_.back().bytes;
    by_key_.erase(entries_.back().key);
    entries_.pop_back();
  }
  entries_.push_front({key, std::move(kept), bytes});
  by_key_.emplace(key, entries_.begin());
  bytes_ += bytes;
}

CompileCache::Status CompileCache::status() const {
  const std::lock_guard lock{mutex_};
  return {entries_.size(), bytes_};
}

}  // namespace cex::cache
