// SPDX-License-Identifier: Apache-2.0
#include "core/policy/plan_items.hpp"

#include <memory>

#include "core/base/text.hpp"
#include "core/policy/path_rules.hpp"

namespace cex::policy {

tl::unexpected<Error> refuse(std::string rule) {
  return fail(Errc::policy, std::move(rule));
}

Result<void> check_items(std::string_view what, const std::vector<std::string>& items) {
  if (items.size() > kMaxItems) {
    return refuse(std::string{what} + ": more than " + std::to_string(kMaxItems) + " items");
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string at = std::string{what} + "[" + std::to_string(i) + "]";
    if (items[i].size() > kMaxItemBytes) {
      return refuse(at + ": longer than " + std::to_string(kMaxItemBytes) + " bytes");
    }
    if (items[i].find('\0') != std::string::npos) return refuse(at + ": has a NUL byte");
  }
  return {};
}

Result<FileSet> decide_files(const std::vector<langspec::File>& proposed, std::string_view owner,
                             bool shared) {
  FileSet files;
  std::size_t bytes = 0;
  for (const langspec::File& file : proposed) {
    if (file.step.empty() ? !shared : file.step != owner) continue;
    if (auto good = check_path(file.path); !good) {
      return refuse("files: '" + printable(file.path, 60) + "': " + good.error().message);
    }
    bytes += file.content.size();
    if (files.size() == kMaxPluginFiles || bytes > kMaxPluginFileBytes) {
      return refuse("files: more than " + std::to_string(kMaxPluginFiles) + ", or more than " +
                    std::to_string(kMaxPluginFileBytes) + " bytes");
    }
    files.push_back(
        {file.path, std::make_shared<const std::string>(file.content), file.executable, false});
  }
  return files;
}

}  // namespace cex::policy
