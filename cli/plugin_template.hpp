// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace cex::cli {

/// One file of plugin-api/templates, which are in this program so that it needs nothing beside it.
struct TemplateFile {
  std::string kind;  ///< "c", "cpp" or "declarative"
  std::string path;  ///< below the template's folder
  std::string text;
};
[[nodiscard]] const std::vector<TemplateFile>& template_files();

/// The files of that kind, with the toy language in them renamed: they build and pass as they are.
[[nodiscard]] std::vector<TemplateFile> plugin_of(const std::string& kind, const std::string& name,
                                                  const std::string& id);

}  // namespace cex::cli
