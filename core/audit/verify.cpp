// SPDX-License-Identifier: Apache-2.0
#include "core/audit/verify.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "core/audit/head.hpp"
#include "core/audit/log_files.hpp"
#include "core/audit/scan.hpp"

namespace cex::audit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFindings = 100;

class Verification {
 public:
  Verification(std::string directory, const VerifyOptions& options)
      : directory_{std::move(directory)}, options_{options} {}

  Result<VerifyReport> whole_folder() {
    CEX_TRY(const auto numbers, list_logs(directory_));
    if (numbers.empty()) return fail(Errc::not_found, directory_ + ": has no audit-*.jsonl file");
    read_signed_head();
    std::optional<Link> link = chain_start();
    std::uint64_t expected = 1;
    for (const std::uint64_t number : numbers) {
      if (number != expected) {
        find(log_name(number), 0, "file " + log_name(expected) + " is missing before it");
      }
      expected = number + 1;
      CEX_TRY(link, scan(log_name(number), std::move(link), number == numbers.back()));
    }
    check_head(true);
    return std::move(report_);
  }

  Result<VerifyReport> one_file(const std::string& name) {
    const std::uint64_t number = log_number(name);
    std::error_code ignored;
    const bool is_last =
        number == 0 || !fs::exists(fs::path{directory_} / log_name(number + 1), ignored);
    read_signed_head();
    CEX_CHECK(scan(name, number == 1 ? std::optional{chain_start()} : std::nullopt, is_last));
    check_head(is_last);
    return std::move(report_);
  }

 private:
  void find(std::string file, std::uint64_t line, std::string message) {
    if (report_.findings.size() < kMaxFindings) {
      report_.findings.push_back({std::move(file), line, std::move(message)});
    }
  }

  std::string path_of(const char* name) const { return (fs::path{directory_} / name).string(); }

  void read_signed_head() {
    const std::string key_path =
        options_.public_key.empty() ? path_of(kPublicKeyFile) : options_.public_key;
    const auto pem = read_small(key_path);
    auto key = pem ? Key::from_public(*pem) : tl::unexpected(pem.error());
    if (!key) return find(key_path, 0, key.error().message + "; nothing signed can be checked");
    const auto text = read_small(path_of(kHeadFile));
    if (!text) return find(kHeadFile, 0, "is missing: a cut tail could not be seen");
    auto head = read_head(*key, *text);
    if (!head) return find(kHeadFile, 0, head.error().message);
    head_ = *std::move(head);
    report_.signed_sequence = head_->sequence;
  }

  Result<std::optional<Link>> scan(const std::string& name, std::optional<Link> start,
                                   bool is_last) {
    const ScanEvents events{
        .record =
            [&](const SealedLine& sealed) {
              if (report_.records == 0) report_.first_sequence = sealed.sequence;
              ++report_.records;
              report_.last_sequence = std::max(report_.last_sequence, sealed.sequence);
              if (head_ && sealed.sequence == head_->sequence) signed_hash_ = sealed.hash;
            },
        .finding = [&](std::uint64_t line,
                       std::string text) { find(name, line, std::move(text)); }};
    CEX_TRY(ScanResult result, scan_log(path_of(name.c_str()), std::move(start), events));
    ++report_.files;
    if (result.torn && is_last) {
      report_.notes.push_back(name +
                              ": the last line is not finished: a server is writing it, or "
                              "died while it did");
    } else if (result.torn) {
      find(name, 0, "the last line is not finished");
    }
    return std::move(result.link);
  }

  void check_head(bool covers_end) {
    if (!head_) return;
    const std::string number = std::to_string(head_->sequence);
    if (covers_end && report_.last_sequence < head_->sequence) {
      return find(kHeadFile, 0,
                  "the tail is cut: record " + number + " was signed, the log ends at " +
                      std::to_string(report_.last_sequence));
    }
    if (signed_hash_ && *signed_hash_ != head_->hash) {
      return find(kHeadFile, 0, "record " + number + " is not the one that was signed");
    }
    if (covers_end && head_->sequence >= report_.first_sequence && !signed_hash_ &&
        head_->sequence != 0) {
      return find(kHeadFile, 0, "record " + number + " was signed and is not in the log");
    }
    if (report_.last_sequence > head_->sequence) {
      report_.notes.push_back(
          std::to_string(report_.last_sequence - head_->sequence) +
          " records after the signed head: normal while a server runs or after a crash");
    }
  }

  std::string directory_;
  const VerifyOptions& options_;
  VerifyReport report_;
  std::optional<Link> head_;
  std::optional<std::string> signed_hash_;
};

}  // namespace

Result<VerifyReport> verify(const std::string& path, const VerifyOptions& options) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (!fs::exists(status)) return fail(Errc::not_found, path + ": no such file or folder");
  if (fs::is_directory(status)) {
    // The data folder is an easy thing to give instead of the audit folder in it.
    const fs::path inner = fs::path{path} / "audit";
    const auto logs = list_logs(path);
    const bool take_inner = logs && logs->empty() && fs::is_directory(inner, code);
    return Verification{take_inner ? inner.string() : path, options}.whole_folder();
  }
  const fs::path file{path};
  const std::string folder = file.has_parent_path() ? file.parent_path().string() : ".";
  return Verification{folder, options}.one_file(file.filename().string());
}

}  // namespace cex::audit
