// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/archive.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cstdint>

#include "core/launcher/parse.hpp"
#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

using wire::Stage;

// A file that is there, holds nothing and has no other name; -1 and errno if it is anything else.
int open_empty(int dir, const char* path) {
  const int fd = raw::openat(dir, path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -1;
  struct stat status {};
  if (raw::call(SYS_fstat, fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0 &&
      status.st_nlink == 1) {
    return fd;
  }
  raw::close(fd);
  errno = EEXIST;
  return -1;
}

bool write_file(int dir, const char* path, Existing existing, unsigned mode,
                const unsigned char* data, std::uint64_t size) {
  int fd = raw::openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd < 0 && errno == EEXIST && existing == Existing::filled_if_empty) {
    fd = open_empty(dir, path);
  }
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

const unsigned char* map_file(int fd, std::uint64_t& size) {
  const long end = raw::call(SYS_lseek, fd, 0L, static_cast<long>(SEEK_END));
  if (end <= 0) return nullptr;
  const long at = raw::call(SYS_mmap, nullptr, static_cast<unsigned long>(end),
                            static_cast<long>(PROT_READ), static_cast<long>(MAP_PRIVATE), fd, 0L);
  if (at == -1) return nullptr;
  size = static_cast<std::uint64_t>(end);
  return reinterpret_cast<const unsigned char*>(at);
}

wire::Report unpack(int archive_fd, Existing existing) {
  const int dir = raw::openat(AT_FDCWD, "/box", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0) return failed(Stage::cwd, 2);
  std::uint64_t size = 0;
  const unsigned char* archive = map_file(archive_fd, size);
  if (archive == nullptr) return failed(Stage::files, 1);
  ArchiveReader reader{archive, size};
  if (!reader.good()) {
    errno = EBADMSG;
    return failed(Stage::files, 2);
  }
  for (std::uint32_t i = 0; i < reader.count(); ++i) {
    const int index = static_cast<int>(i) + 10;
    ArchiveItem item;
    if (!reader.next(item)) {
      errno = EBADMSG;
      return failed(Stage::files, index);
    }
    const bool made = (item.mode & wire::kFolder) != 0
                          ? raw::mkdirat(dir, item.path, 0755) == 0
                          : write_file(dir, item.path, existing, item.mode & 0777U, item.content,
                                       item.content_size);
    if (!made) return failed(Stage::files, index);
  }
  return {};
}

}  // namespace cex::launcher
