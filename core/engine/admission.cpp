// SPDX-License-Identifier: Apache-2.0
#include "core/engine/admission.hpp"

#include <algorithm>

#include "core/base/text.hpp"
#include "core/model/limit_fields.hpp"
#include "core/policy/env_rules.hpp"
#include "core/policy/limit_rules.hpp"
#include "core/policy/network_rules.hpp"
#include "core/policy/option_rules.hpp"
#include "core/policy/path_rules.hpp"

namespace cex::engine {
namespace {

constexpr std::size_t kMaxArtifactGlobs = 32;

bool has_extension(const std::string& path, const std::vector<std::string>& extensions) {
  return std::any_of(extensions.begin(), extensions.end(), [&](const std::string& extension) {
    return path.size() > extension.size() &&
           path.compare(path.size() - extension.size(), extension.size(), extension) == 0;
  });
}

Result<std::string> find_entry(const JobRequest& request, const FileSet& files,
                               const langspec::Language& language) {
  const auto named = [&](const std::string& path) {
    return std::any_of(files.begin(), files.end(),
                       [&](const BoxFile& file) { return file.path == path; });
  };
  if (request.entry) {
    if (named(*request.entry)) return *request.entry;
    return fail_at(Errc::invalid_request, "/entry", "names none of the files");
  }
  if (files.size() == 1) return files.front().path;
  if (named(language.default_file)) return language.default_file;
  std::vector<std::string> candidates;
  for (const BoxFile& file : files) {
    if (has_extension(file.path, language.extensions)) candidates.push_back(file.path);
  }
  if (candidates.size() == 1) return candidates.front();
  return fail_at(
      Errc::invalid_request, "/entry",
      "say which of the files is the program (without it: " + language.default_file + ")");
}

// Where a test names a limit, it stands in for the job's.
LimitsRequest merge(LimitsRequest base, const LimitsRequest& over) {
  const auto take = [](auto& to, const auto& from) {
    if (from) to = from;
  };
  take(base.wall, over.wall);
  take(base.cpu, over.cpu);
  take(base.memory_bytes, over.memory_bytes);
  take(base.stack_bytes, over.stack_bytes);
  take(base.processes, over.processes);
  take(base.open_files, over.open_files);
  take(base.file_size_bytes, over.file_size_bytes);
  take(base.disk_bytes, over.disk_bytes);
  take(base.output_bytes, over.output_bytes);
  take(base.cpus_milli, over.cpus_milli);
  return base;
}

Result<void> check_globs(const JobRequest& request) {
  if (request.artifacts.empty()) return {};
  if (!request.tests.empty()) {
    return fail_at(Errc::invalid_request, "/artifacts", "go with a single run, not with tests");
  }
  if (request.artifacts.size() > kMaxArtifactGlobs) {
    return fail_at(Errc::invalid_request, "/artifacts",
                   "at most " + std::to_string(kMaxArtifactGlobs) + ", please");
  }
  for (std::size_t i = 0; i < request.artifacts.size(); ++i) {
    if (auto checked = policy::check_glob(request.artifacts[i]); !checked) {
      return fail_at(Errc::invalid_request, "/artifacts/" + std::to_string(i),
                     checked.error().message);
    }
  }
  return {};
}

Result<Admitted::Run> admit_run(const JobRequest& request, const TestCase* test, std::size_t index,
                                const Limits& defaults, const Limits& max) {
  Admitted::Run run;
  run.test = test;
  run.input = request.stdin_bytes;
  run.args = request.args;
  run.env = request.env;
  run.asked = request.limits;
  std::string pointer;
  if (test != nullptr) {
    pointer = "/tests/" + std::to_string(index);
    run.name = test->name.empty() ? std::to_string(index + 1) : test->name;
    if (test->stdin_bytes) run.input = *test->stdin_bytes;
    if (test->args) run.args = *test->args;
    run.env.insert(run.env.end(), test->env.begin(), test->env.end());
    run.asked = merge(request.limits, test->limits);
    CEX_CHECK(policy::check_request_env(test->env, pointer + "/env"));
    if (!request.network.empty()) {
      CEX_CHECK(policy::check_no_proxy_env(test->env, pointer + "/env"));
    }
  } else {
    run.name = "run";
  }
  CEX_CHECK(policy::check_program_args(run.args, pointer + "/args"));
  CEX_TRY(run.limits, policy::narrow(defaults, max, run.asked, pointer + "/limits"));
  return run;
}

Result<void> check_permit(const JobRequest& request, const Permit& permit,
                          const std::string& language) {
  const auto& languages = permit.languages;
  if (!languages.empty() &&
      std::find(languages.begin(), languages.end(), language) == languages.end()) {
    return fail_at(Errc::forbidden, "/language",
                   "this key is for " + join(languages, ", ") + " only");
  }
  if (!permit.network && !request.network.empty()) {
    return fail_at(Errc::forbidden, "/network", "this key does not permit a network");
  }
  return {};
}

// What a key permits narrows the server's own limits, the defaults too.
Limits lower(Limits limits, const LimitsRequest& permitted) {
  for (const LimitField& field : kLimitFields) {
    const auto most = field.asked(permitted);
    if (most && *most < field.get(limits)) field.set(limits, *most);
  }
  return limits;
}

}  // namespace

Result<Admitted> admit(const JobRequest& request, const Permit& permit, const Catalogue& catalogue,
                       const config::Config& config) {
  Admitted admitted;
  CEX_TRY(admitted.choice, catalogue.choose(request.language, request.version));
  admitted.compile_max = lower(config.compile.max, permit.max);
  admitted.run_max = lower(config.run.max, permit.max);
  CEX_CHECK(check_permit(request, permit, admitted.choice.language->id));
  const langspec::Language& language = *admitted.choice.language;
  const auto& offered = admitted.choice.plugin->description.options;

  if (request.source) {
    BoxFile file;
    file.path = request.entry.value_or(language.default_file);
    file.content = std::make_shared<const std::string>(*request.source);
    admitted.files.push_back(std::move(file));
    if (auto checked = policy::check_path(admitted.files.front().path); !checked) {
      return fail_at(Errc::invalid_request, "/entry", checked.error().message);
    }
  } else {
    admitted.files = request.files;
    CEX_CHECK(policy::check_file_set(admitted.files, {1000, config.server.max_body_bytes}));
  }
  CEX_TRY(admitted.entry, find_entry(request, admitted.files, language));
  CEX_TRY(admitted.options, policy::check_options(offered, language.id, request.options));
  CEX_CHECK(policy::check_compile_args(offered, language.id, request.compile_args));
  CEX_CHECK(policy::check_request_env(request.env));
  CEX_TRY(admitted.network, policy::grant_network(request.network, config.network));
  if (!admitted.network.empty()) {
    CEX_CHECK(policy::check_no_proxy_env(request.env, "/env"));
  }
  CEX_CHECK(check_globs(request));
  if (request.interactive && !request.tests.empty()) {
    return fail_at(Errc::invalid_request, "/interactive", "goes with a single run, not with tests");
  }
  // What clients say is kept where the program runs, and any node may be the one.
  if (request.interactive && config.queue.backend == config::Backend::redis) {
    return fail_at(Errc::invalid_request, "/interactive",
                   "is not offered by servers that share their queue");
  }
  CEX_TRY(admitted.compile_limits,
          policy::narrow(lower(compile_defaults(config, language.id), permit.max),
                         admitted.compile_max, request.compile_limits, "/compile/limits"));
  if (request.tests.size() > config.max_tests) {
    return fail_at(Errc::limit_too_high, "/tests",
                   "at most " + std::to_string(config.max_tests) + " tests a job");
  }
  const Limits defaults = lower(run_defaults(config, language.id), permit.max);
  if (request.tests.empty()) {
    CEX_TRY(auto run, admit_run(request, nullptr, 0, defaults, admitted.run_max));
    // Somebody thinks while the clock runs.
    if (request.interactive && !request.limits.wall) run.limits.wall = admitted.run_max.wall;
    admitted.runs.push_back(std::move(run));
  }
  for (std::size_t i = 0; i < request.tests.size(); ++i) {
    CEX_TRY(auto run, admit_run(request, &request.tests[i], i, defaults, admitted.run_max));
    admitted.runs.push_back(std::move(run));
  }
  if (request.ttl_s && std::chrono::seconds{*request.ttl_s} > config.results.max_ttl) {
    return fail_at(Errc::limit_too_high, "/ttl_s",
                   "at most " + std::to_string(config.results.max_ttl.count()));
  }
  return admitted;
}

}  // namespace cex::engine
