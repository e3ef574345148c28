// SPDX-License-Identifier: Apache-2.0
#include "tests/languages/standard_requests.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace cex::tests {
namespace {

using langspec::Option;
using langspec::Phase;
using langspec::PlanRequest;
using plugins::DeclaredToolchain;

constexpr const char* kVersion = "99.1";

const char* name_of(Phase phase) {
  if (phase == Phase::compile) return "compile";
  return phase == Phase::run ? "run" : "warm";
}

/// An absolute name for a candidate that may hold a star or be found on the way.
std::string program_of(const langspec::Probe& probe) {
  const std::string& candidate = probe.candidates.front();
  std::string path = candidate.front() == '/' ? candidate : "/usr/bin/" + candidate;
  std::replace(path.begin(), path.end(), '*', '1');
  return path;
}

class Standard {
 public:
  explicit Standard(const plugins::DeclarativeLanguage& language) : language_{language} {}

  std::vector<StandardRequest> all() {
    for (const DeclaredToolchain& toolchain : language_.toolchains) ask_all(toolchain);
    return std::move(requests_);
  }

 private:
  [[nodiscard]] PlanRequest base(const DeclaredToolchain& toolchain, Phase phase) const {
    PlanRequest request;
    request.phase = phase;
    request.cpus_milli = 2000;
    request.memory_bytes = std::uint64_t{256} << 20U;
    request.language = language_.language.id;
    request.toolchain = toolchain.id + "-" + kVersion;
    request.executable = program_of(toolchain.probe);
    request.version = kVersion;
    request.entry_file = language_.language.default_file;
    request.files = {request.entry_file};
    request.contents = {language_.language.hello};
    for (const Option& option : language_.options) {
      if (!option.default_value.empty()) {
        request.options.push_back(option.id + "=" + option.default_value);
      }
    }
    for (const auto& tool : language_.tools) {
      request.tools.push_back(tool.id + "=" + program_of(tool));
    }
    return request;
  }

  void ask(const std::string& what, PlanRequest request) {
    std::string name = request.toolchain + " " + name_of(request.phase) + what;
    requests_.push_back({std::move(name), std::move(request)});
  }

  void ask_all(const DeclaredToolchain& toolchain) {
    for (const Phase phase : {Phase::compile, Phase::run, Phase::warm}) {
      ask("", base(toolchain, phase));
    }
    for (const Phase phase : {Phase::compile, Phase::run}) {
      for (const Option& option : language_.options) ask_option(base(toolchain, phase), option);
      if (!toolchain.layers.empty()) ask_layers(base(toolchain, phase), toolchain);
      ask_files(base(toolchain, phase));
    }
  }

  void ask_option(const PlanRequest& base, const Option& option) {
    for (const std::string& value : option.allowed) {
      PlanRequest request = base;
      if (option.kind != Option::Kind::choice) {
        request.compile_args = {value};
      } else if (value == option.default_value) {
        continue;
      } else {
        std::erase(request.options, option.id + "=" + option.default_value);
        request.options.push_back(option.id + "=" + value);
      }
      ask(", " + option.id + "=" + value, std::move(request));
    }
  }

  void ask_layers(PlanRequest request, const DeclaredToolchain& toolchain) {
    for (const auto& layer : toolchain.layers) {
      std::string id = layer.layer.id;
      for (const std::string& option : layer.per_options) {
        for (const std::string& item : request.options) {
          if (item.starts_with(option + "=")) id += "-" + item.substr(option.size() + 1);
        }
      }
      request.layers.push_back(id + "=/layers/" + id);
    }
    ask(", with layers", std::move(request));
  }

  void ask_files(PlanRequest request) {
    request.files.push_back("more" + language_.language.extensions.front());
    request.files.emplace_back("data.txt");
    request.contents.resize(request.files.size());
    if (request.phase == Phase::run) request.args = {"one", "{two}"};
    ask(", several files", std::move(request));
  }

  const plugins::DeclarativeLanguage& language_;
  std::vector<StandardRequest> requests_;
};

}  // namespace

std::vector<StandardRequest> standard_requests(const plugins::DeclarativeLanguage& language) {
  return Standard{language}.all();
}

}  // namespace cex::tests
