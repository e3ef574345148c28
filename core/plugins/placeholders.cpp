// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/placeholders.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"
#include "core/plugins/abi_bridge.hpp"

namespace cex::plugins {
namespace {

using langspec::Option;
using langspec::PlanRequest;

constexpr std::array<std::string_view, 8> kSingle{"executable", "prefix",  "entry", "name",
                                                  "stem",       "version", "box",   "cpus"};
constexpr std::array<std::string_view, 5> kMany{"files...", "sources...", "args...",
                                                "compile_args...", "runtime_args..."};
constexpr std::string_view kMemory = "memory_mib";
constexpr std::string_view kBrace = "{{";  // stands for one brace

template <std::size_t N>
bool listed(const std::array<std::string_view, N>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// A user's file as an argument that no tool takes for an option.
std::string as_argument(std::string_view file) {
  return "./" + std::string{file};
}

std::string value_in(const std::vector<std::string>& pairs, std::string_view id) {
  for (const std::string& item : pairs) {
    if (item.size() > id.size() && item.starts_with(id) && item[id.size()] == '=') {
      return item.substr(id.size() + 1);
    }
  }
  return {};
}

std::vector<std::string> arguments_of(const std::vector<Option>& options,
                                      const PlanRequest& request, Option::Kind kind) {
  std::vector<std::string> mine;
  for (const std::string& argument : request.compile_args) {
    const bool allowed = std::any_of(options.begin(), options.end(), [&](const Option& option) {
      return option.kind == kind &&
             std::any_of(option.allowed.begin(), option.allowed.end(),
                         [&](const std::string& item) { return item_allows(item, argument); });
    });
    if (allowed) mine.push_back(argument);
  }
  return mine;
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view stem_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? path : path.substr(0, dot);
}

bool is_known(std::string_view hole, const DeclaredNames& names) {
  if (listed(kSingle, hole) || hole == kMemory) return true;
  if (hole.starts_with("option:")) return names.options.contains(hole.substr(7));
  if (hole.starts_with("layer:")) return names.layers.contains(hole.substr(6));
  if (hole.starts_with("tool:")) return names.tools.contains(hole.substr(5));
  return hole.starts_with("beside:") && hole.size() > 7 &&
         hole.find('/') == std::string_view::npos && hole != "beside:..";
}

}  // namespace

std::string placeholder_problem(std::string_view text, const DeclaredNames& names, bool alone) {
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open)) {
    if (text.substr(open, kBrace.size()) == kBrace) {
      open += kBrace.size();
      continue;
    }
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return "opens a brace that never closes";
    const std::string_view hole = text.substr(open + 1, close - open - 1);
    if (listed(kMany, hole)) {
      if (!alone || text.size() != hole.size() + 2) {
        return "{" + std::string{hole} + "} must be an item of its own";
      }
    } else if (!is_known(hole, names)) {
      return "unknown placeholder {" + printable(hole, 40) + "}";
    }
    open = close;
  }
  return {};
}

Placeholders::Placeholders(const PlanRequest& request, const std::vector<Option>& options,
                           const std::vector<std::string>& extensions)
    : request_{request},
      compile_arguments_{arguments_of(options, request, Option::Kind::compile_argument)},
      runtime_arguments_{arguments_of(options, request, Option::Kind::runtime_argument)} {
  // The program's own file first: some tools take the first one for the main program.
  sources_.push_back(as_argument(request.entry_file));
  for (const std::string& file : request.files) {
    files_.push_back(as_argument(file));
    const bool source = std::any_of(extensions.begin(), extensions.end(),
                                    [&](const std::string& end) { return file.ends_with(end); });
    if (source && file != request.entry_file) sources_.push_back(files_.back());
  }
}

std::string Placeholders::option(std::string_view id) const {
  return value_in(request_.options, id);
}

std::string Placeholders::tool(std::string_view name) const {
  std::string found = value_in(request_.tools, name);
  if (found.empty() && missing_tool_.empty()) missing_tool_ = name;
  return found;
}

/// The manifest was checked when it was read, so every hole is known and closed.
std::string Placeholders::value_of(std::string_view hole) const {
  if (hole == "executable") return request_.executable;
  if (hole == "prefix") return std::string{folder_of(folder_of(request_.executable))};
  if (hole == "entry") return as_argument(request_.entry_file);
  if (hole == "name") return request_.entry_file;
  if (hole == "stem") return std::string{stem_of(request_.entry_file)};
  if (hole == "version") return request_.version;
  if (hole == "box") return request_.box_dir;
  if (hole == "cpus") return std::to_string(std::max(1U, (request_.cpus_milli + 999) / 1000));
  if (hole == kMemory) return std::to_string(request_.memory_bytes >> 20U);
  if (hole.starts_with("option:")) return option(hole.substr(7));
  if (hole.starts_with("layer:")) return value_in(request_.layers, hole.substr(6));
  if (hole.starts_with("tool:")) return tool(hole.substr(5));
  // {beside:luac}: in the folder of the program that the probe found
  return std::string{folder_of(request_.executable)} + "/" + std::string{hole.substr(7)};
}

std::string Placeholders::fill(std::string_view text) const {
  std::string filled;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
    filled += text.substr(0, open);
    if (text.substr(open, kBrace.size()) == kBrace) {
      filled += '{';
      text.remove_prefix(open + kBrace.size());
      continue;
    }
    const auto close = text.find('}', open);
    filled += value_of(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return filled + std::string{text};
}

const std::vector<std::string>* Placeholders::many(std::string_view item) const {
  if (item == "{files...}") return &files_;
  if (item == "{sources...}") return &sources_;
  if (item == "{args...}") return &request_.args;
  if (item == "{compile_args...}") return &compile_arguments_;
  if (item == "{runtime_args...}") return &runtime_arguments_;
  return nullptr;
}

bool Placeholders::holds(const DeclaredItem& item) const {
  switch (item.test) {
    case DeclaredItem::Test::none:
      return true;
    case DeclaredItem::Test::option:
      return std::find(item.values.begin(), item.values.end(), option(item.subject)) !=
             item.values.end();
    case DeclaredItem::Test::tool:
      return !value_in(request_.tools, item.subject).empty();
    case DeclaredItem::Test::layer:
      return !value_in(request_.layers, item.subject).empty();
    case DeclaredItem::Test::version:
      return !version_less(request_.version, item.subject);
  }
  return false;
}

std::vector<std::string> Placeholders::expand(const std::vector<DeclaredItem>& items) const {
  std::vector<std::string> all;
  for (const DeclaredItem& item : items) {
    for (const std::string& text : holds(item) ? item.then : item.otherwise) {
      if (const auto* several = many(text); several != nullptr) {
        all.insert(all.end(), several->begin(), several->end());
      } else {
        all.push_back(fill(text));
      }
    }
  }
  return all;
}

}  // namespace cex::plugins
