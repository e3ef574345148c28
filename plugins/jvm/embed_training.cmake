# SPDX-License-Identifier: Apache-2.0
# cmake -DFOLDER=training -DOUTPUT=training_files.cpp -P embed_training.cmake
# A plugin reads no files: what its boxes need is in the object itself.
file(GLOB sources "${FOLDER}/*.*")
list(SORT sources)
set(entries "")
foreach(source IN LISTS sources)
  get_filename_component(name "${source}" NAME)
  file(READ "${source}" content)
  string(APPEND entries "    {\"${name}\", R\"training(${content})training\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made from training/ by the build.
#include \"training.hpp\"

namespace cex::plugins::jvm {

const std::vector<TrainingFile>& training_files() {
  static const std::vector<TrainingFile> files{
${entries}  };
  return files;
}

}  // namespace cex::plugins::jvm
")
