// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>

#include "core/base/unique_fd.hpp"

namespace cex {
namespace {

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail_errno(path);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

std::string read_text_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  std::string text;
  std::array<char, 4096> block{};
  // Not by iterators: they throw where a read fails (a folder, /proc of a process that has just
  // ended).
  while (in.read(block.data(), block.size()) || in.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  return text;
}

Result<void> replace_file(const std::string& path, std::string_view bytes, unsigned mode,
                          Flush flush) {
  const std::string beside = path + ".new";
  {
    const UniqueFd fd{
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)};
    if (!fd) return fail_errno(beside);
    CEX_CHECK(write_all(fd.get(), bytes, beside));
    if (flush == Flush::disk && ::fdatasync(fd.get()) != 0) return fail_errno(beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return fail_errno(path);
  return {};
}

}  // namespace cex
