# SPDX-License-Identifier: Apache-2.0
# cmake -DFILE=gate.so -DOUTPUT=gate_object.cpp -P embed_gate.cmake; an empty FILE: no gate.
set(bytes "")
if(FILE)
  file(READ "${FILE}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
endif()
file(WRITE "${OUTPUT}" "// Made from gate/gate.c by the build.
#include \"jvm_gate.hpp\"

namespace cex::plugins::jvm {

std::string_view gate_object() {
  static constexpr unsigned char kBytes[] = {${bytes}0};
  return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes) - 1};
}

}  // namespace cex::plugins::jvm
")
