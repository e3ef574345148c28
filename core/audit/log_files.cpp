// SPDX-License-Identifier: Apache-2.0
#include "core/audit/log_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::audit {
namespace {

constexpr std::string_view kPrefix = "audit-";
constexpr std::string_view kSuffix = ".jsonl";
constexpr std::size_t kMaxLine = std::size_t{4} << 20U;
constexpr std::size_t kMaxSmall = std::size_t{1} << 20U;
constexpr std::size_t kPiece = std::size_t{256} << 10U;

Result<UniqueFd> open_to_read(const std::string& path) {
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (fd) return fd;
  auto failed = fail_errno(path);
  if (failed.value().sys_errno == ENOENT) failed.value().code = Errc::not_found;
  return failed;
}

/// Appends up to one piece to `buffer`; the number of bytes, 0 at the end.
Result<std::size_t> read_more(int fd, const std::string& path, std::string& buffer) {
  const std::size_t before = buffer.size();
  buffer.resize(before + kPiece);
  ssize_t got = 0;
  do {
    got = ::read(fd, buffer.data() + before, kPiece);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return fail_errno(path);
  buffer.resize(before + static_cast<std::size_t>(got));
  return static_cast<std::size_t>(got);
}

}  // namespace

std::string log_name(std::uint64_t number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return std::string{kPrefix} + digits + std::string{kSuffix};
}

std::uint64_t log_number(std::string_view name) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return 0;
  name.remove_prefix(kPrefix.size());
  if (name.size() <= kSuffix.size()) return 0;
  name.remove_suffix(kSuffix.size());
  const auto number = parse_u64(name);
  return number && log_name(*number) ==
                       std::string{kPrefix} + std::string{name} + std::string{kSuffix}
             ? *number
             : 0;
}

Result<std::vector<std::uint64_t>> list_logs(const std::string& directory) {
  std::vector<std::uint64_t> numbers;
  std::error_code code;
  std::filesystem::directory_iterator entries{directory, code};
  if (code) return fail(Errc::not_found, directory + ": " + code.message());
  for (const auto& entry : entries) {
    if (const auto number = log_number(entry.path().filename().string()); number != 0) {
      numbers.push_back(number);
    }
  }
  std::ranges::sort(numbers);
  return numbers;
}

Result<std::string> read_small(const std::string& path) {
  CEX_TRY(const UniqueFd fd, open_to_read(path));
  std::string text;
  for (;;) {
    CEX_TRY(const std::size_t got, read_more(fd.get(), path, text));
    if (got == 0) return text;
    if (text.size() > kMaxSmall) return fail(Errc::too_large, path + ": larger than 1 MiB");
  }
}

Result<void> sync_directory(const std::string& directory) {
  const UniqueFd fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd) return fail_errno(directory);
  if (::fsync(fd.get()) != 0) return fail_errno(directory);
  return {};
}

Result<void> for_each_line(const std::string& path,
                           const std::function<bool(const RawLine&)>& visit) {
  CEX_TRY(const UniqueFd fd, open_to_read(path));
  std::string buffer;
  RawLine line;
  for (;;) {
    CEX_TRY(const std::size_t got, read_more(fd.get(), path, buffer));
    std::size_t start = 0;
    for (auto end = buffer.find('\n'); end != std::string::npos; end = buffer.find('\n', start)) {
      ++line.number;
      line.text = std::string_view{buffer}.substr(start, end - start);
      if (!visit(line)) return {};
      line.offset += end - start + 1;
      start = end + 1;
    }
    buffer.erase(0, start);
    if (got == 0) break;
    if (buffer.size() > kMaxLine) return fail(Errc::audit, path + ": a line is longer than 4 MiB");
  }
  if (buffer.empty()) return {};
  ++line.number;
  line.text = buffer;
  line.complete = false;
  visit(line);
  return {};
}

}  // namespace cex::audit
