# SPDX-License-Identifier: Apache-2.0
# cmake -DFOLDER=templates "-DFILES=c/plugin.json;..." -DOUTPUT=templates.cpp -P embed_templates.cmake
set(text "// Made from plugin-api/templates by the build.\n#include \"cli/plugin_template.hpp\"\n\n")
string(APPEND text "namespace cex::cli {\n\nconst std::vector<TemplateFile>& template_files() {\n")
string(APPEND text "  static const std::vector<TemplateFile> kFiles{\n")
foreach(file IN LISTS FILES)
  file(READ "${FOLDER}/${file}" body)
  string(REGEX MATCH "^[^/]+" kind "${file}")
  string(REGEX REPLACE "^[^/]+/" "" path "${file}")
  string(APPEND text "      {\"${kind}\", \"${path}\", R\"tpl(${body})tpl\"},\n")
endforeach()
string(APPEND text "  };\n  return kFiles;\n}\n\n}  // namespace cex::cli\n")
file(WRITE "${OUTPUT}" "${text}")
