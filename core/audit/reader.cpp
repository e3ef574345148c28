// SPDX-License-Identifier: Apache-2.0
#include "core/audit/reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/audit/log_files.hpp"
#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::audit {
namespace {

constexpr std::size_t kScanBytes = std::size_t{8} << 20U;  // of one call
constexpr std::size_t kPageBytes = std::size_t{4} << 20U;  // of one page's records
constexpr std::size_t kPiece = std::size_t{256} << 10U;
constexpr std::size_t kMaxLine = std::size_t{4} << 20U;

/// A place between two lines of a log.
struct Place {
  std::uint64_t file{0};
  std::uint64_t offset{0};
};

std::string to_text(const Place& place) {
  return std::to_string(place.file) + "-" + std::to_string(place.offset);
}

tl::unexpected<Error> bad_cursor() {
  return fail(Errc::invalid_request, "cursor: not one of this log's");
}

Result<UniqueFd> open_log_file(const std::string& directory, std::uint64_t number) {
  const std::string path = directory + "/" + log_name(number);
  UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!fd) return fail_errno(path);
  return fd;
}

/// Appends what stands at `offset`, up to a piece; false at the end of the file.
Result<bool> read_at(int fd, std::uint64_t offset, std::string& buffer) {
  const std::size_t before = buffer.size();
  buffer.resize(before + kPiece);
  ssize_t got = 0;
  do {
    got = ::pread(fd, buffer.data() + before, kPiece, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return fail_errno("audit log");
  buffer.resize(before + static_cast<std::size_t>(got));
  return got > 0;
}

/// The first line of a file, to see when it began; "" if there is none yet.
Result<std::string> first_line(const std::string& directory, std::uint64_t number) {
  CEX_TRY(const UniqueFd fd, open_log_file(directory, number));
  std::string buffer;
  while (buffer.find('\n') == std::string::npos && buffer.size() < kMaxLine) {
    CEX_TRY(const bool more, read_at(fd.get(), buffer.size(), buffer));
    if (!more) return std::string{};
  }
  return buffer.substr(0, buffer.find('\n'));
}

std::string text_of(const nlohmann::json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// The last file that begins before `since`: what is wanted begins in it, or with the next. A file
/// that begins at that very instant may have records of the same millisecond before it.
Result<Place> begin_of(const std::string& directory, const std::vector<std::uint64_t>& files,
                       const std::string& since) {
  Place place{files.front(), 0};
  if (since.empty()) return place;
  for (const std::uint64_t number : files) {
    CEX_TRY(const std::string line, first_line(directory, number));
    const auto record = parse_json(line, {.max_bytes = kMaxLine});
    if (!record || text_of(*record, "time") >= since) break;
    place.file = number;
  }
  return place;
}

Result<Place> place_of(const std::string& directory, const std::vector<std::uint64_t>& files,
                       const std::string& cursor) {
  const auto parts = split(cursor, '-');
  if (parts.size() != 2) return bad_cursor();
  const auto file = parse_u64(parts[0]);
  const auto offset = parse_u64(parts[1]);
  if (!file || !offset || !std::ranges::binary_search(files, *file)) return bad_cursor();
  if (*offset == 0) return Place{*file, 0};
  CEX_TRY(const UniqueFd fd, open_log_file(directory, *file));
  char before = 0;
  const bool at_line =
      ::pread(fd.get(), &before, 1, static_cast<off_t>(*offset - 1)) == 1 && before == '\n';
  if (!at_line) return bad_cursor();
  return Place{*file, *offset};
}

bool wanted(const AuditQuery& query, const nlohmann::json& record) {
  const std::string time = text_of(record, "time");
  return (query.since.empty() || time >= query.since) &&
         (query.until.empty() || time < query.until) &&
         (query.tenant.empty() || text_of(record, "tenant") == query.tenant) &&
         (query.job.empty() || text_of(record, "job") == query.job) &&
         (query.event.empty() || text_of(record, "event") == query.event);
}

bool filters(const AuditQuery& query) {
  return !(query.since.empty() && query.until.empty() && query.tenant.empty() &&
           query.job.empty() && query.event.empty());
}

/// One call of read_page().
class Scan {
 public:
  Scan(const std::string& directory, const AuditQuery& query)
      : directory_{directory}, query_{query} {}

  Result<AuditPage> run(const std::vector<std::uint64_t>& files, Place place) {
    place_ = place;
    auto at = std::ranges::lower_bound(files, place.file);
    while (true) {
      CEX_CHECK(read_file());
      if (page_.more || ++at == files.end()) break;
      place_ = Place{*at, 0};
    }
    page_.cursor = to_text(place_);
    return std::move(page_);
  }

 private:
  Result<void> read_file() {
    CEX_TRY(const UniqueFd fd, open_log_file(directory_, place_.file));
    std::string buffer;
    std::uint64_t next = place_.offset;
    while (!page_.more) {
      const std::size_t before = buffer.size();
      CEX_TRY(const bool more, read_at(fd.get(), next, buffer));
      if (!more) return {};  // half a line is one that is being written
      next += buffer.size() - before;
      const std::size_t taken = take_lines(buffer);
      buffer.erase(0, taken);
      if (buffer.size() > kMaxLine) return fail(Errc::audit, "a line is longer than 4 MiB");
    }
    return {};
  }

  /// How many bytes of `text` were whole lines that are done with.
  std::size_t take_lines(std::string_view text) {
    std::size_t start = 0;
    for (auto end = text.find('\n'); end != text.npos; end = text.find('\n', start)) {
      if (page_.records.size() >= query_.limit || bytes_ >= kPageBytes || scanned_ >= kScanBytes) {
        page_.more = true;
        return start;
      }
      take(text.substr(start, end - start));
      place_.offset += end - start + 1;
      scanned_ += end - start + 1;
      start = end + 1;
    }
    return start;
  }

  void take(std::string_view line) {
    const auto record = parse_json(line, {.max_bytes = kMaxLine});
    // A damaged line is for `cex audit verify` to tell; whoever filters is not shown it.
    if (record && record->is_object() ? !wanted(query_, *record) : filters(query_)) return;
    if (!record) return;
    bytes_ += line.size();
    page_.records.emplace_back(line);
  }

  const std::string& directory_;
  const AuditQuery& query_;
  Place place_;
  AuditPage page_;
  std::size_t bytes_{0};
  std::size_t scanned_{0};
};

}  // namespace

Result<AuditPage> read_page(const std::string& directory, const AuditQuery& query) {
  CEX_TRY(const auto files, list_logs(directory));
  if (files.empty()) return fail(Errc::not_found, directory + ": no audit log");
  CEX_TRY(const Place place, query.cursor.empty() ? begin_of(directory, files, query.since)
                                                  : place_of(directory, files, query.cursor));
  return Scan{directory, query}.run(files, place);
}

Result<std::string> cursor_before_end(const std::string& directory, std::size_t lines) {
  CEX_TRY(const auto files, list_logs(directory));
  if (files.empty()) return fail(Errc::not_found, directory + ": no audit log");
  std::deque<Place> last;
  for (auto file = files.rbegin(); file != files.rend() && last.size() <= lines; ++file) {
    std::deque<Place> starts{Place{*file, 0}};
    CEX_CHECK(for_each_line(directory + "/" + log_name(*file), [&](const RawLine& line) {
      if (line.complete) starts.push_back(Place{*file, line.offset + line.text.size() + 1});
      if (starts.size() > lines + 1) starts.pop_front();
      return true;
    }));
    // The end of a file is the beginning of the next: one place, not two.
    if (!last.empty() && !starts.empty()) starts.pop_back();
    last.insert(last.begin(), starts.begin(), starts.end());
    while (last.size() > lines + 1) last.pop_front();
  }
  return to_text(last.front());
}

}  // namespace cex::audit
