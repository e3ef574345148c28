// SPDX-License-Identifier: Apache-2.0
#include "core/config/toml_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "core/base/text.hpp"

namespace cex::config {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{1} << 20U;

std::string location_of(const std::string& file, const toml::source_region& where) {
  return file + ":" + std::to_string(where.begin.line) + ":" + std::to_string(where.begin.column);
}

std::optional<Value> list_of(const toml::array& array) {
  std::vector<std::string> items;
  for (const auto& node : array) {
    const auto text = node.value_exact<std::string>();
    if (!text) return std::nullopt;
    items.push_back(*text);
  }
  return Value{std::move(items)};
}

std::optional<Value> value_of(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return Value{*text};
  if (const auto whole = node.value_exact<std::int64_t>()) return Value{*whole};
  if (const auto flag = node.value_exact<bool>()) return Value{*flag};
  if (const auto real = node.value_exact<double>()) return Value{*real};
  if (const auto* array = node.as_array()) return list_of(*array);
  return std::nullopt;
}

// Recursion is bounded by the parser's own limit on nesting.
void collect(const toml::table& table, const std::string& prefix, const std::string& file,
             std::vector<TomlLeaf>& leaves) {
  for (const auto& [key, node] : table) {
    const std::string path = prefix + std::string{key.str()};
    if (const auto* inner = node.as_table(); inner != nullptr && !inner->empty()) {
      collect(*inner, path + ".", file, leaves);
    } else if (inner == nullptr) {
      leaves.push_back({path, location_of(file, key.source()), value_of(node)});
    }
  }
}

Result<std::string> read_text(const std::string& file) {
  std::error_code code;
  const auto size = fs::file_size(file, code);
  if (code) return fail(Errc::config, file + ": " + code.message());
  if (size > kMaxFileBytes) return fail(Errc::config, file + ": larger than 1 MiB");
  std::ifstream stream{file, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{stream}, {}};
  if (!stream) return fail(Errc::config, file + ": cannot be read");
  return text;
}

Result<void> parse_into(const std::string& file, std::vector<TomlLeaf>& leaves) {
  CEX_TRY(const std::string text, read_text(file));
  try {
    collect(toml::parse(text, file), "", file, leaves);
  } catch (const toml::parse_error& error) {
    return fail(Errc::config, location_of(file, error.source()) + ": " +
                                  printable(std::string{error.description()}));
  } catch (const std::exception& error) {
    return fail(Errc::config, file + ": " + printable(error.what()));
  }
  return {};
}

Result<std::vector<std::string>> files_to_read(const std::string& file, bool required) {
  std::vector<std::string> files;
  std::error_code code;
  if (required || fs::exists(file, code)) files.push_back(file);
  if (code) return fail(Errc::config, file + ": " + code.message());

  const fs::path folder = fs::path{file}.parent_path() / "conf.d";
  fs::directory_iterator entries{folder, code};
  if (code == std::errc::no_such_file_or_directory) return files;
  if (code) return fail(Errc::config, folder.string() + ": " + code.message());
  std::vector<std::string> more;
  for (const auto& entry : entries) {
    if (entry.path().extension() == ".toml") more.push_back(entry.path().string());
  }
  std::ranges::sort(more);
  files.insert(files.end(), more.begin(), more.end());
  return files;
}

}  // namespace

Result<std::vector<TomlLeaf>> read_toml(const std::string& file, bool required) {
  CEX_TRY(const auto files, files_to_read(file, required));
  std::vector<TomlLeaf> leaves;
  std::vector<std::string> errors;
  for (const std::string& name : files) {
    if (auto parsed = parse_into(name, leaves); !parsed) errors.push_back(parsed.error().message);
  }
  if (!errors.empty()) return fail(Errc::config, join(errors, "\n"));
  return leaves;
}

}  // namespace cex::config
