// SPDX-License-Identifier: Apache-2.0
#include "core/warm/layer_store.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <system_error>
#include <utility>

#include "core/base/files.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "core/warm/seal.hpp"

namespace cex::warm {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameLength = 32;  // of a SHA-256 in hex: enough to never meet twice

std::string name_of(const std::string& key) {
  return sha256_hex(key).substr(0, kNameLength);
}

std::string content(const std::string& folder, const std::string& name) {
  return folder + "/content/" + name;
}
std::string building(const std::string& folder, const std::string& name) {
  return folder + "/building/" + name;
}
std::string seal_file(const std::string& folder, const std::string& name) {
  return folder + "/seals/" + name;
}

std::uint64_t size_of(const FileSet& files) {
  return std::accumulate(
      files.begin(), files.end(), std::uint64_t{0},
      [](std::uint64_t sum, const BoxFile& file) { return sum + file.content->size(); });
}

Result<void> write_text(const std::string& path, const std::string& text) {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << text;
  out.close();
  if (!out) return fail_errno("write " + path, EIO);
  return {};
}

// The seal goes first: without one, a layer does not exist for anybody.
void remove_layer(const std::string& folder, const std::string& name) {
  std::error_code ignored;
  fs::remove(seal_file(folder, name), ignored);
  remove_sealed(content(folder, name));
}

}  // namespace

Layer::Layer(std::string folder, std::string name, std::uint64_t bytes)
    : folder_{std::move(folder)}, name_{std::move(name)}, bytes_{bytes} {}

Layer::~Layer() {
  if (given_up_) remove_layer(folder_, name_);
}

std::string LayerStore::content_folder(const std::string& folder) {
  return folder + "/content";
}

std::vector<std::string> LayerStore::folders(const std::string& folder) {
  return {folder, content_folder(folder), folder + "/seals", folder + "/building"};
}

LayerStore::LayerStore(std::string folder, std::uint64_t budget)
    : folder_{std::move(folder)}, budget_{budget} {
  std::error_code ignored;
  for (const auto& left : fs::directory_iterator{folder_ + "/building", ignored}) {
    remove_sealed(left.path().string());
  }
}

std::shared_ptr<const Layer> LayerStore::find(const std::string& key) {
  const std::string name = name_of(key);
  if (auto known = hold(name)) return known;
  const std::string seal = read_text_file(seal_file(folder_, name));
  if (seal.empty()) return nullptr;
  const auto bytes = check_seal(content(folder_, name), seal);
  if (!bytes) {
    log::warning("a layer is thrown away", {{"layer", name}, {"reason", bytes.error().message}});
    remove_layer(folder_, name);
    return nullptr;
  }
  const std::lock_guard lock{mutex_};
  if (!make_room(*bytes)) return nullptr;
  auto layer = std::make_shared<const Layer>(folder_, name, *bytes);
  layers_[name] = {layer, ++uses_};
  return layer;
}

std::shared_ptr<const Layer> LayerStore::hold(const std::string& name) const {
  const std::lock_guard lock{mutex_};
  const auto known = layers_.find(name);
  return known == layers_.end() ? nullptr : known->second.layer;
}

void LayerStore::touch(const std::string& name) {
  const std::lock_guard lock{mutex_};
  const auto known = layers_.find(name);
  if (known != layers_.end()) known->second.used = ++uses_;
}

Result<std::shared_ptr<const Layer>> LayerStore::publish(const std::string& key,
                                                         const FileSet& files) {
  const std::string name = name_of(key);
  const std::uint64_t bytes = size_of(files);
  {
    const std::lock_guard lock{mutex_};
    if (!make_room(bytes)) {
      return fail(Errc::too_large, std::to_string(bytes >> 20U) +
                                       " MiB do not fit into the budget for layers beside those "
                                       "in use");
    }
  }
  const std::string raw = building(folder_, name);
  remove_sealed(raw);
  auto seal = write_sealed(raw, files);
  if (!seal) {
    remove_sealed(raw);
    return tl::unexpected(std::move(seal).error());
  }
  remove_layer(folder_, name);
  if (::rename(raw.c_str(), content(folder_, name).c_str()) != 0) {
    const auto failure = fail_errno("publish a layer");
    remove_sealed(raw);
    return failure;
  }
  CEX_CHECK(write_text(seal_file(folder_, name), *seal));
  const std::lock_guard lock{mutex_};
  auto layer = std::make_shared<const Layer>(folder_, name, bytes);
  layers_[name] = {layer, ++uses_};
  return layer;
}

void LayerStore::drop(const std::string& name) {
  const std::lock_guard lock{mutex_};
  give_up(name);
}

// The caller holds the lock, and a Layer's destructor, which removes files, may run under it when
// nobody else holds the layer: rare, and better than a moment in which two know the same name.
void LayerStore::give_up(const std::string& name) {
  const auto known = layers_.find(name);
  if (known == layers_.end()) return;
  known->second.layer->given_up_ = true;
  layers_.erase(known);
}

void LayerStore::drop_unclaimed() {
  const std::lock_guard lock{mutex_};
  std::error_code ignored;
  std::vector<std::string> left;
  for (const auto& item : fs::directory_iterator{content_folder(folder_), ignored}) {
    const std::string name = item.path().filename().string();
    if (layers_.count(name) == 0) left.push_back(name);
  }
  for (const std::string& name : left) remove_layer(folder_, name);
}

std::uint64_t LayerStore::held() const {
  return std::accumulate(
      layers_.begin(), layers_.end(), std::uint64_t{0},
      [](std::uint64_t sum, const auto& entry) { return sum + entry.second.layer->bytes(); });
}

bool LayerStore::make_room(std::uint64_t bytes) {
  if (bytes > budget_) return false;
  while (held() + bytes > budget_) {
    auto oldest = layers_.end();
    for (auto at = layers_.begin(); at != layers_.end(); ++at) {
      // Held by the store alone: no job's plan names it.
      if (at->second.layer.use_count() != 1) continue;
      if (oldest == layers_.end() || at->second.used < oldest->second.used) oldest = at;
    }
    if (oldest == layers_.end()) return false;
    give_up(std::string{oldest->first});
  }
  return true;
}

std::uint64_t LayerStore::bytes() const {
  const std::lock_guard lock{mutex_};
  return held();
}

}  // namespace cex::warm
