// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/archive.hpp"

#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

using wire::Stage;

bool write_file(int dir, const char* path, unsigned mode, const unsigned char* data,
                std::uint64_t size) {
  const int fd = raw::openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0) return false;
  std::uint64_t done = 0;
  while (done < size) {
    const long written = raw::write(fd, data + done, size - done);
    if (written <= 0) {
      if (written < 0 && errno == EINTR) continue;
      if (written == 0) errno = ENOSPC;
      const int saved = errno;
      raw::close(fd);
      errno = saved;
      return false;
    }
    done += static_cast<std::uint64_t>(written);
  }
  raw::close(fd);
  return true;
}

}  // namespace

wire::Report unpack(const unsigned char* archive, std::uint64_t size, int dir) {
  const auto& head = *reinterpret_cast<const wire::Archive*>(archive);
  if (size < sizeof(head) || head.magic != wire::kMagic || head.size != size) {
    errno = EBADMSG;
    return failed(Stage::files, 2);
  }
  std::uint64_t at = wire::align8(sizeof(head));
  for (std::uint32_t i = 0; i < head.count; ++i) {
    const int index = static_cast<int>(i) + 10;
    errno = EBADMSG;
    if (at + sizeof(wire::ArchiveEntry) > size) return failed(Stage::files, index);
    const auto& entry = *reinterpret_cast<const wire::ArchiveEntry*>(archive + at);
    at += sizeof(entry);
    if (entry.path_size == 0 || entry.path_size > size - at ||
        entry.content_size > size - at - entry.path_size ||
        archive[at + entry.path_size - 1] != '\0') {
      return failed(Stage::files, index);
    }
    const char* path = reinterpret_cast<const char*>(archive + at);
    const unsigned char* content = archive + at + entry.path_size;
    const bool made = (entry.mode & wire::kFolder) != 0
                          ? raw::mkdirat(dir, path, 0755) == 0
                          : write_file(dir, path, entry.mode & 0777U, content, entry.content_size);
    if (!made) return failed(Stage::files, index);
    at = wire::align8(at + entry.path_size + entry.content_size);
  }
  return {};
}

}  // namespace cex::launcher
