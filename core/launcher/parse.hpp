// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/launcher/wire.hpp"

/// What comes to the launcher and to the box's own process in memfds, read with every length and
/// every offset checked. Pure, without heap: runs between clone and exec. All blocks start at a
/// page.
namespace cex::launcher {

/// True if everything that the launcher will look up in the payload lies inside of it.
[[nodiscard]] bool payload_is_sound(const unsigned char* payload, std::uint64_t size);

/// One file or folder of an archive; points into it.
struct ArchiveItem {
  std::uint32_t mode{0};  ///< as in wire::ArchiveEntry
  const char* path{nullptr};
  const unsigned char* content{nullptr};
  std::uint64_t content_size{0};
};

/// Goes through an archive, entry by entry.
class ArchiveReader {
 public:
  ArchiveReader(const unsigned char* archive, std::uint64_t size);

  /// False: it is no archive at all.
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// Call it count() times. False: the entry does not lie inside the archive.
  [[nodiscard]] bool next(ArchiveItem& item);

 private:
  const unsigned char* archive_;
  std::uint64_t size_;
  std::uint64_t at_;
  std::uint32_t count_{0};
  bool good_;
};

/// What execve is called with; points into the image.
struct Command {
  const char* cwd{nullptr};
  const char* argv[wire::kMaxStrings + 2]{};  ///< arguments, NULL, variables, NULL
  const char** envp{nullptr};                 ///< into argv
};

/// False: the image is broken, and `command` worth nothing.
[[nodiscard]] bool read_image(const unsigned char* image, std::uint64_t size, Command& command);

}  // namespace cex::launcher
