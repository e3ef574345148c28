// SPDX-License-Identifier: Apache-2.0
#include "entry.hpp"

#include <dlfcn.h>

#include <cstdint>
#include <utility>

namespace cex::testkit {
namespace {

void ignore_log(void* /*ctx*/, std::int32_t /*level*/, cex_str /*message*/) noexcept {}
const void* no_extension(void* /*ctx*/, const char* /*id*/) noexcept {
  return nullptr;
}

const cex_host& host() {
  static constexpr char kVersion[] = "999.0.0";  // newer than any min_host
  static const cex_host kHost{
      sizeof(cex_host), CEX_ABI_MAJOR, CEX_ABI_MINOR, 0, {kVersion, sizeof(kVersion) - 1}, 0,
      nullptr,          &ignore_log,   &no_extension};
  return kHost;
}

std::string problem_of(const cex_plugin& table, const std::string& id, const std::string& version) {
  if (table.magic != CEX_ABI_MAGIC) return "cex_plugin_v1 has a wrong magic number";
  if (table.struct_size < sizeof(cex_plugin))
    return "cex_plugin_v1 is shorter than that of ABI 1.0";
  if (table.abi_major != CEX_ABI_MAJOR) {
    return "built for ABI major " + std::to_string(table.abi_major) + ", this kit knows " +
           std::to_string(CEX_ABI_MAJOR);
  }
  if (table.id == nullptr || id != table.id) return "the object's id is not the manifest's " + id;
  if (table.version == nullptr || version != table.version) {
    return "the object's version is not the manifest's " + version;
  }
  if (table.min_host == nullptr) return "min_host is null";
  if (table.open == nullptr || table.close == nullptr || table.describe == nullptr ||
      table.recognise == nullptr || table.plan == nullptr) {
    return "open, close, describe, recognise and plan must all be there";
  }
  return {};
}

}  // namespace

Entry Entry::open(const std::string& library, const std::string& expected_id,
                  const std::string& expected_version, std::string& problem) {
  Entry entry;
  void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = ::dlerror();
    problem = std::string("cannot be loaded: ") + (why == nullptr ? "no reason given" : why);
    return entry;
  }
  const auto* table = static_cast<const cex_plugin*>(::dlsym(handle, "cex_plugin_v1"));
  if (table == nullptr) {
    problem = "exports no cex_plugin_v1";
    return entry;
  }
  problem = problem_of(*table, expected_id, expected_version);
  if (!problem.empty()) return entry;
  void* self = nullptr;
  if (const cex_status status = table->open(&host(), &self); status != CEX_OK) {
    problem = "open() answered " + std::to_string(status);
    return entry;
  }
  entry.table_ = table;
  entry.self_ = self;
  return entry;
}

Entry::Entry(Entry&& other) noexcept
    : table_(std::exchange(other.table_, nullptr)), self_(std::exchange(other.self_, nullptr)) {}

Entry::~Entry() {
  if (table_ != nullptr) table_->close(self_);
}

}  // namespace cex::testkit
