// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/file_set.hpp"

namespace cex::warm {

/// A sealed layer on the disk. Whoever holds it may tell a box where it lies; its files stay until
/// the last holder has let go, even if the store gave it up meanwhile.
class Layer {
 public:
  Layer(std::string folder, std::string name, std::uint64_t bytes);
  ~Layer();
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  friend class LayerStore;
  std::string folder_;
  std::string name_;
  std::uint64_t bytes_;
  mutable bool given_up_{false};  // under the store's mutex until the last holder lets go
};

/// Layers of one server on the disk, kept across restarts, bounded in bytes.
///
///   FOLDER/content/NAME/...   what boxes see; NAME is made of the key
///   FOLDER/seals/NAME         sizes and hashes of a layer's files
///   FOLDER/building/NAME      half-written; renamed into content/ when whole and sealed
///
/// Thread-safe; reading and writing files happens outside the lock, so that a large layer does not
/// stop the lookup of another.
class LayerStore {
 public:
  /// The part of `folder` that boxes see.
  [[nodiscard]] static std::string content_folder(const std::string& folder);
  /// What has to exist, outermost first, before launchers bind content_folder().
  [[nodiscard]] static std::vector<std::string> folders(const std::string& folder);

  /// Removes what an earlier server left half-written. `budget`: bytes of all layers together.
  LayerStore(std::string folder, std::uint64_t budget);

  /// The layer of this key if it is there and as it was sealed; null otherwise. A broken one is
  /// removed.
  [[nodiscard]] std::shared_ptr<const Layer> find(const std::string& key);

  /// A layer that was found or published before, by its name. Null once given up.
  [[nodiscard]] std::shared_ptr<const Layer> hold(const std::string& name) const;
  /// Notes a use: the layers that have gone longest without one make room for others.
  void touch(const std::string& name);

  /// Seals `files` as the layer of `key`; least recently used ones make room. Errors: too_large if
  /// it is above the budget by itself or there is no room beside layers in use; system.
  [[nodiscard]] Result<std::shared_ptr<const Layer>> publish(const std::string& key,
                                                             const FileSet& files);

  /// Gives up a layer: its files go once nobody holds it.
  void drop(const std::string& name);
  /// Gives up everything on the disk that nobody has found or published since the start.
  void drop_unclaimed();

  [[nodiscard]] std::uint64_t bytes() const;

 private:
  struct Entry {
    std::shared_ptr<const Layer> layer;
    std::uint64_t used{0};  // a counter, not a clock
  };
  [[nodiscard]] bool make_room(std::uint64_t bytes);
  [[nodiscard]] std::uint64_t held() const;
  void give_up(const std::string& name);

  const std::string folder_;
  const std::uint64_t budget_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> layers_;
  std::uint64_t uses_{0};
};

}  // namespace cex::warm
