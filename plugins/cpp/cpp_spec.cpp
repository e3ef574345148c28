// SPDX-License-Identifier: Apache-2.0
#include "cpp_spec.hpp"

#include "compile.hpp"
#include "describe.hpp"
#include "diagnostics.hpp"
#include "precompiled.hpp"
#include "quick.hpp"
#include "toolchain.hpp"

namespace cex::plugins {

namespace {

plugin::Plan compile(const plugin::PlanRequest& request) {
  plugin::Step plain = cpp::compile_step(request);
  plugin::Plan plan;
  plan.steps = cpp::quick_steps(request, plain.layers);
  for (plugin::Step& step : plan.steps) step.repeatable = plain.repeatable;
  plan.steps.push_back(std::move(plain));
  return plan;
}

}  // namespace

void CppSpec::describe(plugin::Describe& describe) const {
  cpp::describe_all(describe);
}

std::optional<plugin::Toolchain> CppSpec::recognise(const plugin::ProbeOutput& output) const {
  return cpp::recognise(output);
}

plugin::Plan CppSpec::plan(const plugin::PlanRequest& request) const {
  switch (request.phase) {
    case plugin::Phase::compile:
      return compile(request);
    case plugin::Phase::run:
      return {cpp::run_step(request)};
    case plugin::Phase::warm:
      return cpp::precompile(request);
  }
  return {};
}

std::vector<plugin::Diagnostic> CppSpec::diagnose(const plugin::CompilerOutput& output) const {
  return cpp::diagnose(output.text);
}

}  // namespace cex::plugins
