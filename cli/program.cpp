// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>

#include "core/base/text.hpp"
#include "core/config/values.hpp"

namespace cex::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{64} << 20U;

Result<std::string> read_file(const std::string& name) {
  std::error_code code;
  const auto size = fs::file_size(name, code);
  if (code) return fail(Errc::invalid_request, name + ": " + code.message());
  if (size > kMaxFileBytes) return fail(Errc::too_large, name + ": larger than 64 MiB");
  std::ifstream file{name, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file) return fail(Errc::invalid_request, name + ": cannot be read");
  return text;
}

Result<std::string> read_stdin(const std::string& from) {
  if (from == "-") return std::string{std::istreambuf_iterator<char>{std::cin}, {}};
  if (from.starts_with('@')) return read_file(from.substr(1));
  std::error_code code;
  if (!from.empty() && from.size() < 4096 && fs::is_regular_file(from, code))
    return read_file(from);
  return from;
}

/// "src/app/main.py" and "src/app/util/x.py" are "main.py" and "util/x.py" in the box.
Result<std::string> name_in_box(const fs::path& file, const fs::path& folder) {
  const fs::path name = fs::absolute(file).lexically_normal().lexically_relative(folder);
  if (name.empty() || *name.begin() == "..") {
    return fail(Errc::invalid_request,
                file.string() + ": lies outside the first file's folder (" + folder.string() + ")");
  }
  return name.generic_string();
}

Result<std::chrono::milliseconds> parse_seconds(const std::string& text) {
  double seconds = 0;
  const char* end = text.data() + text.size();
  const auto [at, code] = std::from_chars(text.data(), end, seconds, std::chars_format::fixed);
  if (code != std::errc{} || at != end || !(seconds > 0) || seconds > 1e6) {
    return fail(Errc::invalid_request,
                "--time needs seconds above 0, e.g. 2 or 0.5, got '" + text + "'");
  }
  return std::chrono::milliseconds{static_cast<std::int64_t>(std::ceil(seconds * 1000))};
}

/// "256M" as well as "256 MiB".
Result<std::uint64_t> parse_size(std::string text) {
  const std::string given = text;
  if (text.ends_with('K') || text.ends_with('M') || text.ends_with('G')) text += "iB";
  const auto bytes = config::parse_bytes(text);
  if (!bytes) {
    return fail(Errc::invalid_request,
                "--memory needs a size, e.g. 256M or 1GiB, got '" + given + "'");
  }
  return static_cast<std::uint64_t>(*bytes);
}

Result<void> read_limits(const Program& program, LimitsRequest& limits) {
  if (!program.time.empty()) {
    CEX_TRY(limits.wall, parse_seconds(program.time));
    limits.cpu = limits.wall;
  }
  if (!program.memory.empty()) {
    CEX_TRY(limits.memory_bytes, parse_size(program.memory));
  }
  return {};
}

}  // namespace

Result<JobRequest> read_program(const Program& program) {
  JobRequest request;
  request.language = program.language;
  request.version = program.version;
  request.args = program.args;
  request.options = program.options;
  request.compile_args = program.compile_args;
  request.network = program.network;
  CEX_CHECK(read_limits(program, request.limits));
  const fs::path folder = fs::absolute(program.files.front()).lexically_normal().parent_path();
  for (const std::string& file : program.files) {
    CEX_TRY(std::string name, name_in_box(file, folder));
    CEX_TRY(std::string text, read_file(file));
    std::error_code ignored;
    const auto mode = fs::status(file, ignored).permissions();
    const bool executable = (mode & fs::perms::owner_exec) != fs::perms::none;
    request.files.push_back(
        {std::move(name), std::make_shared<const std::string>(std::move(text)), executable, false});
  }
  request.entry = request.files.front().path;
  CEX_TRY(request.stdin_bytes, read_stdin(program.stdin_from));
  return request;
}

Result<void> choose_language(JobRequest& request, const std::vector<LanguageInfo>& languages) {
  if (!request.language.empty()) return {};
  const std::string extension = fs::path{request.files.front().path}.extension().string();
  std::vector<std::string> known;
  for (const LanguageInfo& language : languages) {
    if (std::ranges::find(language.extensions, extension) != language.extensions.end()) {
      // Of several, one that can be used: ".m" is Objective-C's and Octave's.
      if (request.language.empty() || language.usable) request.language = language.id;
      if (language.usable) return {};
    }
    known.insert(known.end(), language.extensions.begin(), language.extensions.end());
  }
  if (!request.language.empty()) return {};
  return fail(Errc::unknown_language, "no language for files named *" + printable(extension) +
                                          " (known: " + join(known, " ") + "); give --language");
}

}  // namespace cex::cli
