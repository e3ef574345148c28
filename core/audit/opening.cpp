// SPDX-License-Identifier: Apache-2.0
#include "core/audit/opening.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "core/audit/log_files.hpp"
#include "core/audit/scan.hpp"
#include "core/base/files.hpp"
#include "core/base/text.hpp"

namespace cex::audit {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kPrivate = 0600;
constexpr unsigned kPublic = 0644;

tl::unexpected<Error> distrust(const std::string& directory, std::string what) {
  return fail(Errc::audit, directory + ": " + std::move(what) + "; look with 'cex audit verify " +
                               directory + "', and move the folder away to begin a new log");
}

Result<void> make_folder(const std::string& directory) {
  std::error_code code;
  fs::create_directories(directory, code);
  if (code) return fail(Errc::audit, directory + ": " + code.message());
  if (::chmod(directory.c_str(), 0700) != 0) return fail_errno(directory);
  return {};
}

Result<UniqueFd> take_lock(const std::string& directory) {
  const std::string path = directory + "/lock";
  UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kPrivate)};
  if (!fd) return fail_errno(path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Errc::audit, directory + ": is in use by another server (give each a data folder)");
  }
  return fd;
}

Result<Key> make_key(const std::string& directory) {
  CEX_TRY(Key key, Key::generate());
  CEX_TRY(const std::string secret, key.private_pem());
  CEX_TRY(const std::string open, key.public_pem());
  CEX_CHECK(replace_file(directory + "/" + kPublicKeyFile, open, kPublic, Flush::disk));
  // A head of nothing comes before the first record, so that a log without a head is always wrong.
  CEX_TRY(const std::string head, write_head(key, chain_start(), std::chrono::system_clock::now()));
  CEX_CHECK(replace_file(directory + "/" + kHeadFile, head, kPublic, Flush::disk));
  CEX_CHECK(replace_file(directory + "/" + kPrivateKeyFile, secret, kPrivate, Flush::disk));
  CEX_CHECK(sync_directory(directory));
  return key;
}

Result<Key> load_key(const std::string& directory, bool log_exists) {
  const std::string path = directory + "/" + kPrivateKeyFile;
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) return fail_errno(path);
    if (log_exists) return distrust(directory, "key.pem is missing, but there is a log");
    return make_key(directory);
  }
  if (!S_ISREG(info.st_mode) || (info.st_mode & 077U) != 0) {
    return fail(Errc::audit,
                path + ": must be a plain file that only its owner can read (chmod 600)");
  }
  CEX_TRY(const std::string pem, read_small(path));
  auto key = Key::from_private(pem);
  if (!key) return in(path, std::move(key).error());
  return key;
}

/// Number of the newest file that begins at or before `sequence`, so that everything the head does
/// not cover is read, and little more.
Result<std::size_t> first_to_read(const std::string& directory,
                                  const std::vector<std::uint64_t>& numbers,
                                  std::uint64_t sequence) {
  for (std::size_t i = numbers.size() - 1; i > 0; --i) {
    std::optional<std::uint64_t> first;
    CEX_CHECK(for_each_line(directory + "/" + log_name(numbers[i]), [&](const RawLine& line) {
      if (const auto sealed = open_line(line.text); line.complete && sealed)
        first = sealed->sequence;
      return false;
    }));
    if (first && *first <= sequence) return i;
  }
  return std::size_t{0};
}

std::string torn_name(const OpenedLog& opened) {
  return "torn-" + std::to_string(opened.link.sequence + 1) + ".bin";
}

Result<void> set_aside(const std::string& directory, const TornLine& torn, OpenedLog& opened) {
  const std::string name = torn_name(opened);
  const std::string log = directory + "/" + log_name(opened.file_number);
  CEX_CHECK(replace_file(directory + "/" + name, torn.bytes, kPrivate, Flush::disk));
  if (::truncate(log.c_str(), static_cast<off_t>(torn.offset)) != 0) return fail_errno(log);
  opened.recovered = "the last line was not finished: " + std::to_string(torn.bytes.size()) +
                     " bytes, sha256 " + sha256_hex(torn.bytes) + ", are now in " + name;
  return {};
}

/// Follows the chain from the file that holds the head's record to the end; what was torn there.
Result<std::optional<TornLine>> follow_chain(const std::string& directory,
                                             const std::vector<std::uint64_t>& numbers,
                                             const Link& head, OpenedLog& opened) {
  CEX_TRY(const std::size_t begin, first_to_read(directory, numbers, head.sequence));
  std::string trouble;
  std::string signed_hash = head.sequence == 0 ? head.hash : std::string{};
  std::optional<Link> link;
  std::optional<TornLine> torn;
  if (numbers[begin] == 1) link = chain_start();
  for (std::size_t i = begin; i < numbers.size(); ++i) {
    const std::string name = log_name(numbers[i]);
    if (i > begin && numbers[i] != numbers[i - 1] + 1) {
      return distrust(directory, "the file before " + name + " is missing");
    }
    const ScanEvents events{.record =
                                [&](const SealedLine& sealed) {
                                  if (sealed.sequence == head.sequence) signed_hash = sealed.hash;
                                },
                            .finding =
                                [&](std::uint64_t line, const std::string& message) {
                                  if (trouble.empty())
                                    trouble = name + ":" + std::to_string(line) + ": " + message;
                                }};
    CEX_TRY(ScanResult scanned,
            scan_log(directory + "/" + name, std::move(link), events, head.sequence));
    link = std::move(scanned.link);
    if (scanned.torn && i + 1 < numbers.size()) trouble = name + ": the last line is not finished";
    if (!trouble.empty()) return distrust(directory, trouble);
    opened.link = link ? *link : chain_start();
    torn = std::move(scanned.torn);
  }
  if (opened.link.sequence < head.sequence) {
    return distrust(directory, "the tail is cut: record " + std::to_string(head.sequence) +
                                   " was signed, the log ends at " +
                                   std::to_string(opened.link.sequence));
  }
  if (signed_hash != head.hash) {
    return distrust(directory,
                    "record " + std::to_string(head.sequence) + " is not the one that was signed");
  }
  return torn;
}

}  // namespace

Result<OpenedLog> open_log(const std::string& directory) {
  CEX_CHECK(make_folder(directory));
  OpenedLog opened;
  CEX_TRY(opened.lock, take_lock(directory));
  CEX_TRY(const auto numbers, list_logs(directory));
  CEX_TRY(opened.key, load_key(directory, !numbers.empty()));

  const auto text = read_small(directory + "/" + kHeadFile);
  if (!text) return distrust(directory, "head.json cannot be read (" + text.error().message + ")");
  const auto head = read_head(*opened.key, *text);
  if (!head) return distrust(directory, "head.json " + head.error().message);
  if (numbers.empty()) {
    if (head->sequence != 0) return distrust(directory, "the whole log is missing");
    opened.link = chain_start();
    return opened;
  }
  opened.file_number = numbers.back();
  CEX_TRY(const auto torn, follow_chain(directory, numbers, *head, opened));
  std::error_code ignored;
  if (torn) {
    CEX_CHECK(set_aside(directory, *torn, opened));
  } else if (fs::exists(directory + "/" + torn_name(opened), ignored)) {
    opened.recovered = "a start that did not finish moved a torn line to " + torn_name(opened);
  }
  if (opened.link.sequence > head->sequence) {
    if (!opened.recovered.empty()) opened.recovered += "; ";
    opened.recovered += std::to_string(opened.link.sequence - head->sequence) +
                        " records were written after the head was last signed";
  }
  return opened;
}

}  // namespace cex::audit
