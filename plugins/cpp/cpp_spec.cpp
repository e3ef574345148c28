// SPDX-License-Identifier: Apache-2.0
#include "cpp_spec.hpp"

#include "compile.hpp"
#include "describe.hpp"
#include "diagnostics.hpp"
#include "toolchain.hpp"

namespace cex::plugins {

void CppSpec::describe(plugin::Describe& describe) const {
  cpp::describe_all(describe);
}

std::optional<plugin::Toolchain> CppSpec::recognise(const plugin::ProbeOutput& output) const {
  return cpp::recognise(output);
}

plugin::Plan CppSpec::plan(const plugin::PlanRequest& request) const {
  switch (request.phase) {
    case plugin::Phase::compile:
      return {cpp::compile_step(request)};
    case plugin::Phase::run:
      return {cpp::run_step(request)};
    case plugin::Phase::warm:
      return {};
  }
  return {};
}

std::vector<plugin::Diagnostic> CppSpec::diagnose(const plugin::CompilerOutput& output) const {
  return cpp::diagnose(output.text);
}

}  // namespace cex::plugins
