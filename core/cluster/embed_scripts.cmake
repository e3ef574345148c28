# SPDX-License-Identifier: Apache-2.0
# cmake -DFOLDER=scripts "-DSCRIPTS=append;..." -DOUTPUT=script_texts.cpp -P embed_scripts.cmake
get_filename_component(text_folder "${FOLDER}" NAME)
set(text "// Made from core/cluster/${text_folder} by the build.\n#include \"core/cluster/script_texts.hpp\"\n\n")
string(APPEND text "namespace cex::cluster {\n\n")
foreach(script IN LISTS SCRIPTS ITEMS common)
  file(READ "${FOLDER}/${script}.lua" body)
  string(APPEND text "const char* const kLua_${script} = R\"lua(${body})lua\";\n\n")
endforeach()
string(APPEND text "}  // namespace cex::cluster\n")
file(WRITE "${OUTPUT}" "${text}")
