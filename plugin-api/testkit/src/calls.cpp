// SPDX-License-Identifier: Apache-2.0
#include "calls.hpp"

#include <cstdint>
#include <stdexcept>

#include <cex/testkit/recorder.hpp>

namespace cex::testkit {
namespace {

/// Owns the strings of a request while the plugin reads it.
class Arena {
 public:
  explicit Arena(const Json& from) : from_(from) {}

  cex_str text(const char* name) {
    if (!from_.contains(name)) return {};
    return keep(from_.at(name).get<std::string>());
  }
  cex_list list(const char* name) {
    if (!from_.contains(name)) return {};
    auto& items = *lists_.emplace_back(std::make_unique<std::vector<cex_str>>());
    for (const Json& item : from_.at(name)) items.push_back(keep(item.get<std::string>()));
    return {items.data(), items.size()};
  }
  template <class T>
  T number(const char* name, T fallback = 0) const {
    return from_.contains(name) ? from_.at(name).get<T>() : fallback;
  }

 private:
  cex_str keep(std::string value) {
    const std::string& kept = *texts_.emplace_back(std::make_unique<std::string>(std::move(value)));
    return {kept.data(), kept.size()};
  }

  const Json& from_;
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<std::unique_ptr<std::vector<cex_str>>> lists_;
};

std::uint32_t phase_number(const std::string& name) {
  if (name == "compile") return CEX_PHASE_COMPILE;
  if (name == "run") return CEX_PHASE_RUN;
  if (name == "warm") return CEX_PHASE_WARM;
  throw std::runtime_error("unknown phase \"" + name + "\"");
}

template <class T>
T request_of_size() {
  T request{};
  request.h.struct_size = sizeof(T);
  return request;
}

template <class Call>
Answer record(Call&& make) {
  Recorder recorder;
  Answer answer;
  answer.status = make(recorder.sink());
  answer.records = recorder.records();
  answer.breaches = recorder.breaches();
  answer.error = recorder.error_text();
  if (answer.status != CEX_OK && recorder.error_code() == CEX_OK) {
    answer.breaches.emplace_back("failed without saying why");
  }
  return answer;
}

Answer plan_from(const Entry& entry, const Json& from) {
  Arena arena{from};
  auto request = request_of_size<cex_plan_request>();
  request.phase = phase_number(from.at("phase").get<std::string>());
  request.cpus_milli = arena.number<std::uint32_t>("cpus_milli", 1000);
  request.memory_bytes = arena.number<std::uint64_t>("memory_bytes", 256u << 20u);
  request.language = arena.text("language");
  request.toolchain = arena.text("toolchain");
  request.executable = arena.text("executable");
  request.version = arena.text("version");
  request.box_dir = arena.text("box_dir");
  request.out_dir = arena.text("out_dir");
  static constexpr char kBox[] = "/box";
  if (request.box_dir.len == 0) request.box_dir = {kBox, sizeof(kBox) - 1};
  if (request.out_dir.len == 0) request.out_dir = request.box_dir;
  request.entry_file = arena.text("entry_file");
  request.files = arena.list("files");
  request.options = arena.list("options");
  request.args = arena.list("args");
  request.compile_args = arena.list("compile_args");
  request.runtime_args = arena.list("runtime_args");
  request.contents = arena.list("contents");
  request.layers = arena.list("layers");
  request.tools = arena.list("tools");
  return call_plan(entry, request);
}

Answer recognise_from(const Entry& entry, const Json& from) {
  Arena arena{from};
  auto output = request_of_size<cex_probe_output>();
  output.probe = arena.text("probe");
  output.executable = arena.text("executable");
  output.exit_code = arena.number<std::int32_t>("exit_code");
  output.out = arena.text("out");
  output.err = arena.text("err");
  return record(
      [&](const cex_sink* sink) { return entry.table().recognise(entry.self(), &output, sink); });
}

Answer diagnose_from(const Entry& entry, const Json& from) {
  if (entry.table().diagnose == nullptr) return {};
  Arena arena{from};
  auto output = request_of_size<cex_compiler_output>();
  output.language = arena.text("language");
  output.text = arena.text("text");
  return record(
      [&](const cex_sink* sink) { return entry.table().diagnose(entry.self(), &output, sink); });
}

}  // namespace

std::string Answer::text() const {
  const Json all{{"status", status}, {"error", error}, {"records", records}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace);
}

Answer call_plan(const Entry& entry, const cex_plan_request& request) {
  return record(
      [&](const cex_sink* sink) { return entry.table().plan(entry.self(), &request, sink); });
}

Answer call(const Entry& entry, const Json& what) {
  const auto name = what.at("call").get<std::string>();
  if (name == "describe") {
    return record([&](const cex_sink* sink) { return entry.table().describe(entry.self(), sink); });
  }
  if (name == "plan") return plan_from(entry, what.at("request"));
  if (name == "recognise") return recognise_from(entry, what.at("output"));
  if (name == "diagnose") return diagnose_from(entry, what.at("output"));
  throw std::runtime_error("unknown call \"" + name + "\"");
}

std::vector<Json> sample_calls(const Json& description) {
  std::vector<Json> calls{Json{{"call", "describe"}}};
  for (const Json& language : description) {
    if (language.at("kind") != "language") continue;
    const auto id = language.value("id", std::string{});
    const auto file = language.value("default_file", std::string{"main"});
    Json options = Json::array();
    for (const Json& option : description) {
      if (option.at("kind") != "option" || option.value("language", std::string{}) != id) continue;
      if (option.contains("argument") || option.contains("runtime_argument")) continue;
      options.push_back(option.value("id", std::string{}) + "=" +
                        option.value("default_value", std::string{}));
    }
    for (const char* phase : {"compile", "run", "warm"}) {
      calls.push_back({{"call", "plan"},
                       {"request",
                        {{"phase", phase},
                         {"language", id},
                         {"toolchain", "sample"},
                         {"executable", "/usr/bin/sample"},
                         {"version", "1.2.3"},
                         {"entry_file", file},
                         {"files", {file}},
                         {"options", options},
                         {"args", {"one", "two words"}}}}});
    }
    const std::string text =
        file + ":3:7: error: expected something\n" + file + ":9: warning: odd\n";
    calls.push_back({{"call", "diagnose"}, {"output", {{"language", id}, {"text", text}}}});
  }
  return calls;
}

}  // namespace cex::testkit
