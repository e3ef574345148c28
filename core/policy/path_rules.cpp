// SPDX-License-Identifier: Apache-2.0
#include "core/policy/path_rules.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "core/base/text.hpp"

namespace cex::policy {
namespace {

constexpr std::size_t kMaxStars = 8;

tl::unexpected<Error> refuse(std::string rule) {
  return fail(Errc::invalid_request, "path " + std::move(rule));
}

bool is_control(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x20U || value == 0x7FU;
}

Result<void> check_part(std::string_view part) {
  if (part.empty()) return refuse("must be relative and have no empty part");
  if (part == "." || part == "..") return refuse("must have no '.' or '..' part");
  if (part.size() > kMaxPathPartBytes) return refuse("has a part of more than 255 bytes");
  if (part.front() == '-' || part.front() == '@') {
    return refuse("must have no part that starts with '-' or '@'");
  }
  return {};
}

Error at_file(Error error, std::string_view pointer, std::size_t index) {
  error.pointer = std::string{pointer} + "/" + std::to_string(index) + "/path";
  return error;
}

// Every folder that `path` needs: "a/b/c" -> "a", "a/b".
template <class Visit>
void for_each_folder(std::string_view path, Visit visit) {
  for (auto at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
    visit(path.substr(0, at));
  }
}

Result<void> check_names(const FileSet& files, std::string_view pointer) {
  std::set<std::string_view> names;
  std::set<std::string_view> folders;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string_view path = files[i].path;
    if (auto good = check_path(path); !good) {
      return tl::unexpected(at_file(std::move(good).error(), pointer, i));
    }
    if (!names.insert(path).second) {
      return tl::unexpected(
          at_file({Errc::invalid_request, "path is given twice", 0, {}}, pointer, i));
    }
    for_each_folder(path, [&](std::string_view folder) { folders.insert(folder); });
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (folders.contains(files[i].path)) {
      return tl::unexpected(at_file(
          {Errc::invalid_request, "path is also the folder of another file", 0, {}}, pointer, i));
    }
  }
  return {};
}

}  // namespace

Result<void> check_path(std::string_view path) {
  if (path.empty()) return refuse("is empty");
  if (path.size() > kMaxPathBytes) return refuse("has more than 1024 bytes");
  if (!is_valid_utf8(path)) return refuse("is not valid UTF-8");
  if (std::ranges::any_of(path, is_control)) return refuse("has a control character");
  if (path.find('\\') != std::string_view::npos) return refuse("must have no backslash");
  const auto parts = split(path, '/');
  if (parts.size() > kMaxPathParts) return refuse("has more than 32 parts");
  for (const std::string_view part : parts) CEX_CHECK(check_part(part));
  return {};
}

Result<void> check_file_set(const FileSet& files, const FileSetBounds& bounds,
                            std::string_view pointer) {
  if (files.empty()) {
    return fail_at(Errc::invalid_request, std::string{pointer}, "at least one file is needed");
  }
  if (files.size() > bounds.max_files) {
    return fail_at(Errc::too_large, std::string{pointer},
                   "at most " + std::to_string(bounds.max_files) + " files");
  }
  std::uint64_t total = 0;
  for (const BoxFile& file : files) total += file.content ? file.content->size() : 0;
  if (total > bounds.max_bytes) {
    return fail_at(Errc::too_large, std::string{pointer},
                   "at most " + std::to_string(bounds.max_bytes) + " bytes in all files together");
  }
  return check_names(files, pointer);
}

Result<void> check_glob(std::string_view pattern) {
  if (static_cast<std::size_t>(std::ranges::count(pattern, '*')) > kMaxStars) {
    return refuse("has more than 8 stars");
  }
  return check_path(pattern);
}

}  // namespace cex::policy
