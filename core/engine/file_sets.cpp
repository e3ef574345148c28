// SPDX-License-Identifier: Apache-2.0
#include "core/engine/file_sets.hpp"

#include <map>
#include <string_view>
#include <utility>

namespace cex::engine {
namespace {

// Compile steps may leave thousands of files: looked up by name, not one beside the other.
std::map<std::string_view, std::size_t> places_of(const FileSet& files) {
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < files.size(); ++i) places.emplace(files[i].path, i);
  return places;
}

}  // namespace

FileSet with_files(FileSet files, const FileSet& more) {
  if (more.empty()) return files;
  FileSet all;
  const auto taken = places_of(files);
  for (const BoxFile& file : more) {
    if (taken.count(file.path) == 0) all.push_back(file);
  }
  all.insert(all.end(), files.begin(), files.end());
  return all;
}

void replace_files(FileSet& files, FileSet newer) {
  std::vector<std::size_t> where(newer.size(), files.size());
  {
    // The map's names lie in `files`, which must not move while it is asked.
    const auto places = places_of(files);
    for (std::size_t i = 0; i < newer.size(); ++i) {
      const auto same = places.find(newer[i].path);
      if (same != places.end()) where[i] = same->second;
    }
  }
  const std::size_t before = files.size();
  for (std::size_t i = 0; i < newer.size(); ++i) {
    if (where[i] < before) {
      files[where[i]] = std::move(newer[i]);
    } else {
      files.push_back(std::move(newer[i]));
    }
  }
}

}  // namespace cex::engine
