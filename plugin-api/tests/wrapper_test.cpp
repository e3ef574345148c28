// SPDX-License-Identifier: Apache-2.0
// The C++ wrapper through its own C table: what goes in comes out, nothing is thrown across.
#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

#include <cex/plugin.hpp>
#include <cex/testkit/recorder.hpp>
#include <gtest/gtest.h>

namespace {

namespace cp = cex::plugin;

class EchoSpec final : public cp::LangSpec {
 public:
  void describe(cp::Describe& describe) const override {
    cp::Language language;
    language.id = "echo";
    language.aliases = {"a", "b"};
    language.compiled = true;
    describe.language(language);
    cp::Option option;
    option.language = "echo";
    option.id = "args";
    option.allowed = {"-D*"};
    option.kind = cp::OptionKind::compile_argument;
    describe.option(option);
  }

  std::optional<cp::Toolchain> recognise(const cp::ProbeOutput& output) const override {
    if (output.exit_code != 0) return std::nullopt;
    cp::Toolchain found;
    found.version = std::string(output.out);
    return found;
  }

  cp::Plan plan(const cp::PlanRequest& request) const override {
    if (request.language == "user") throw cp::BadRequest("the user's fault");
    if (request.language == "plugin") throw std::runtime_error("the plugin's fault");
    if (request.language == "memory") throw std::bad_alloc();
    if (request.language == "odd") throw 42;
    cp::Step step;
    step.name = "echo";
    step.argv = {"/bin/echo", std::string(request.option("x", "none")),
                 std::to_string(request.memory_bytes)};
    for (const auto arg : request.runtime_args) step.argv.emplace_back(arg);
    step.keep_stdin = true;
    step.hints.cpu_ms = 7;
    cp::Plan plan{step};
    plan.layers.push_back({"cache", "1", {"/usr/include"}, 9});
    plan.files.push_back({"echo", "a/b.txt", "bytes", true});
    plan.preboots.push_back({"gate", "echo", {"/bin/echo", "-g"}, {"GATE=1"}});
    return plan;
  }
};

struct Plugin {
  Plugin() {
    host.struct_size = sizeof(host);
    EXPECT_EQ(cex_plugin_v1.open(&host, &self), CEX_OK);
  }
  ~Plugin() { cex_plugin_v1.close(self); }
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  cex_host host{};
  void* self{nullptr};
};

cex_str view(const char* text) {
  return {text, std::strlen(text)};
}

cex_plan_request request_for(const char* language) {
  cex_plan_request request{};
  request.h.struct_size = sizeof(request);
  request.phase = CEX_PHASE_RUN;
  request.language = view(language);
  request.memory_bytes = 5;
  return request;
}

}  // namespace

CEX_PLUGIN(EchoSpec, "org.example.echo", "1.0.0", "0.1.0")

namespace {

TEST(Wrapper, emits_what_the_author_described) {
  const Plugin plugin;
  cex::testkit::Recorder recorder;
  ASSERT_EQ(cex_plugin_v1.describe(plugin.self, recorder.sink()), CEX_OK);
  ASSERT_EQ(recorder.records().size(), 2U);
  EXPECT_EQ(recorder.records()[0].dump(),
            R"({"kind":"language","id":"echo","aliases":["a","b"],"compiled":true})");
  EXPECT_EQ(recorder.records()[1].dump(),
            R"({"kind":"option","language":"echo","id":"args","allowed":["-D*"],"argument":true})");
  EXPECT_TRUE(recorder.breaches().empty());
}

TEST(Wrapper, hands_over_every_kind_of_plan_record) {
  const Plugin plugin;
  cex::testkit::Recorder recorder;
  auto request = request_for("echo");
  const cex_str options[] = {view("xx=no"), view("x=yes")};
  const cex_str runtime[] = {view("-r")};
  request.options = {options, 2};
  request.runtime_args = {runtime, 1};
  ASSERT_EQ(cex_plugin_v1.plan(plugin.self, &request, recorder.sink()), CEX_OK);
  ASSERT_EQ(recorder.records().size(), 4U);
  EXPECT_EQ(
      recorder.records()[0].dump(),
      R"({"kind":"layer","id":"cache","version_key":"1","inputs":["/usr/include"],"max_bytes":9})");
  EXPECT_EQ(recorder.records()[1].at("argv").dump(), R"(["/bin/echo","yes","5","-r"])");
  EXPECT_EQ(recorder.records()[1].at("phase"), 2);
  EXPECT_EQ(recorder.records()[1].at("hint_cpu_ms"), 7);
  EXPECT_EQ(
      recorder.records()[2].dump(),
      R"({"kind":"file","step":"echo","path":"a/b.txt","content":"bytes","executable":true})");
  EXPECT_EQ(
      recorder.records()[3].dump(),
      R"({"kind":"preboot","id":"gate","step":"echo","argv":["/bin/echo","-g"],"env":["GATE=1"]})");
}

TEST(Wrapper, never_reads_what_an_older_host_did_not_send) {
  const Plugin plugin;
  cex::testkit::Recorder recorder;
  auto request = request_for("echo");
  request.h.struct_size = offsetof(cex_plan_request, options);
  std::memset(&request.options, 0x5A, sizeof(request) - request.h.struct_size);
  ASSERT_EQ(cex_plugin_v1.plan(plugin.self, &request, recorder.sink()), CEX_OK);
  EXPECT_EQ(recorder.records()[1].at("argv").dump(), R"(["/bin/echo","none","5"])");
}

TEST(Wrapper, turns_exceptions_into_a_status_and_a_text) {
  struct Case {
    const char* language;
    cex_status status;
    const char* text;
  };
  const Case table[] = {
      {"user", CEX_E_INVALID_REQUEST, "the user's fault"},
      {"plugin", CEX_E_INTERNAL, "the plugin's fault"},
      {"memory", CEX_E_NO_MEMORY, "out of memory"},
      {"odd", CEX_E_INTERNAL, "the plugin threw something that is no std::exception"}};
  const Plugin plugin;
  for (const Case& one : table) {
    cex::testkit::Recorder recorder;
    const auto request = request_for(one.language);
    EXPECT_EQ(cex_plugin_v1.plan(plugin.self, &request, recorder.sink()), one.status);
    EXPECT_EQ(recorder.error_code(), one.status);
    EXPECT_EQ(recorder.error_text(), one.text);
  }
}

TEST(Wrapper, stops_when_the_host_refuses_a_record) {
  const Plugin plugin;
  int calls = 0;
  cex_sink sink{};
  sink.struct_size = sizeof(sink);
  sink.ctx = &calls;
  sink.emit = [](void* ctx, std::uint32_t, const cex_record*) noexcept -> cex_status {
    ++*static_cast<int*>(ctx);
    return CEX_E_REFUSED;
  };
  EXPECT_EQ(cex_plugin_v1.describe(plugin.self, &sink), CEX_E_REFUSED);
  EXPECT_EQ(calls, 1);
}

TEST(Wrapper, recognises_or_stays_silent) {
  const Plugin plugin;
  cex_probe_output output{};
  output.h.struct_size = sizeof(output);
  output.out = view("1.2");
  cex::testkit::Recorder first;
  ASSERT_EQ(cex_plugin_v1.recognise(plugin.self, &output, first.sink()), CEX_OK);
  EXPECT_EQ(first.records().size(), 1U);
  output.exit_code = 1;
  cex::testkit::Recorder second;
  ASSERT_EQ(cex_plugin_v1.recognise(plugin.self, &output, second.sink()), CEX_OK);
  EXPECT_TRUE(second.records().empty());
}

}  // namespace
