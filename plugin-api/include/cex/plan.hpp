// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <cex/plugin/values.hpp>
#include <cex/scan.hpp>

/// Small helpers for plan(): file names of users as safe arguments, parts of versions.
namespace cex::plugin {

inline constexpr std::uint64_t kMiB = std::uint64_t{1} << 20u;
inline constexpr std::uint64_t kGiB = std::uint64_t{1} << 30u;

/// A file of the user as a relative argument that no tool takes for an option or a list file.
[[nodiscard]] inline std::string as_argument(std::string_view file) {
  const bool risky = !file.empty() && (file[0] == '-' || file[0] == '@' || file[0] == '+');
  return (risky ? "./" : "") + std::string(file);
}

/// The absolute name of a box-relative file.
[[nodiscard]] inline std::string in_box(const PlanRequest& request, std::string_view file) {
  return std::string(request.box_dir) + "/" + std::string(file);
}

[[nodiscard]] inline std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// What stands before the last slash; empty for a plain name.
[[nodiscard]] inline std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

/// Part `index` of a dotted version, counted from 0; 0 where there is none.
[[nodiscard]] inline std::uint32_t version_part(std::string_view version, int index) {
  std::uint32_t number = 0;
  for (int i = 0; i <= index; ++i) {
    number = 0;
    if (!take_number(version, number)) return 0;
    if (i < index && !skip(version, ".")) return 0;
  }
  return number;
}

inline void append(Strings& to, const std::vector<std::string_view>& from) {
  for (const std::string_view item : from) to.emplace_back(item);
}

[[nodiscard]] inline bool contains(const std::vector<std::string_view>& list,
                                   std::string_view item) {
  for (const std::string_view one : list) {
    if (one == item) return true;
  }
  return false;
}

}  // namespace cex::plugin
