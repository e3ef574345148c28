// SPDX-License-Identifier: Apache-2.0
#include "manners_check.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <set>
#include <string>

namespace cex::testkit {
namespace {

constexpr std::size_t kNoise = std::size_t{256} * 1024;

std::string value(const Json& record, const char* name) {
  return record.value(name, std::string{});
}

void check_language(const Json& language, const std::set<std::string>& promised, Report& report) {
  const std::string id = value(language, "id");
  for (const char* field : {"id", "name", "default_file", "hello"}) {
    if (value(language, field).empty()) report.fail("manners", "language " + id + ": no " + field);
  }
  if (!language.contains("extensions"))
    report.fail("manners", "language " + id + ": no extensions");
  if (promised.count(id) == 0) {
    report.fail("manners", "language " + id + " is not in the manifest's list");
  }
}

void check_option(const Json& option, Report& report) {
  const std::string name = value(option, "language") + "." + value(option, "id");
  const bool arguments = option.contains("argument") || option.contains("runtime_argument");
  if (!option.contains("allowed")) {
    if (!option.contains("free_text"))
      report.fail("manners", "option " + name + ": allows nothing");
    return;
  }
  bool default_is_allowed = false;
  for (const Json& item : option.at("allowed")) {
    const auto text = item.get<std::string>();
    const std::size_t star = text.find('*');
    if (arguments && star != std::string::npos && star + 1 != text.size()) {
      report.fail("manners", "option " + name + ": '*' must be last in " + text);
    }
    if (arguments && (text == "*" || text.empty())) {
      report.fail("manners", "option " + name + ": allows everything");
    }
    default_is_allowed = default_is_allowed || text == value(option, "default_value");
  }
  if (!arguments && !default_is_allowed) {
    report.fail("manners", "option " + name + ": the default is not in the list");
  }
}

void check_description(const Json& description, const std::set<std::string>& promised,
                       Report& report) {
  std::set<std::string> seen;
  std::size_t probes = 0;
  for (const Json& record : description) {
    const std::string kind = value(record, "kind");
    if (kind == "language") {
      if (!seen.insert(value(record, "id")).second) {
        report.fail("manners", "language " + value(record, "id") + " is described twice");
      }
      check_language(record, promised, report);
    } else if (kind == "option") {
      check_option(record, report);
    } else if (kind == "probe") {
      ++probes;
      if (!record.contains("candidates")) {
        report.fail("manners", "probe " + value(record, "id") + ": no candidates");
      }
    } else {
      report.fail("manners", "describe() must not emit a " + kind);
    }
  }
  for (const std::string& id : promised) {
    if (seen.count(id) == 0)
      report.fail("manners", "the manifest promises " + id + ", describe() does not");
  }
  if (probes == 0) report.fail("manners", "no probe: the languages could never be usable");
}

bool is_step_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

/// Reports every rule that the answer breaks, whatever the question was.
void check_answer(const std::string& what, const Json& asked, const Answer& answer,
                  Report& report) {
  for (const std::string& breach : answer.breaches) report.fail("manners", what + ": " + breach);
  if (asked.value("call", std::string{}) != "plan") return;
  // Hosts always name an executable; without one only the ABI's own rules count.
  const bool has_tool =
      asked.contains("request") && !value(asked.at("request"), "executable").empty();
  std::set<std::string> names;
  for (const Json& record : answer.records) {
    if (record.at("kind") != "step") continue;
    const std::string name = value(record, "name");
    if (!is_step_name(name) || !names.insert(name).second) {
      report.fail("manners", what + ": a step's name must be 1 to 64 printable ASCII, its own");
    }
    const Json argv = record.value("argv", Json::array());
    if (has_tool && (argv.empty() || argv.at(0).get<std::string>().rfind('/', 0) != 0)) {
      report.fail("manners", what + ": argv[0] of step " + name + " is not an absolute path");
    }
  }
  if (names.size() > 8) report.fail("manners", what + ": more than 8 steps");
}

Json with(Json asked, const char* field, Json content) {
  asked["request"][field] = std::move(content);
  return asked;
}

void ask(const Entry& entry, const std::string& what, const Json& asked, Report& report) {
  check_answer(what, asked, call(entry, asked), report);
}

void odd_plans(const Entry& entry, const Json& usual, Report& report) {
  const Json names{"-rf",       "@file",    "a b.c", "sub/dir/\xC3\xBC.txt",
                   "new\nline", "'quote\"", "$(x)",  ".hidden"};
  ask(entry, "no files", with(with(usual, "files", Json::array()), "entry_file", ""), report);
  ask(entry, "odd file names", with(with(usual, "files", names), "entry_file", "-rf"), report);
  ask(entry, "unknown option", with(usual, "options", {"no-such-option=1", "=", "x"}), report);
  ask(entry, "no options", with(usual, "options", Json::array()), report);
  ask(entry, "no tool chain", with(with(usual, "executable", ""), "version", ""), report);
  ask(entry, "odd version", with(usual, "version", "99999999999999999999.x"), report);
  ask(entry, "huge memory", with(usual, "memory_bytes", std::numeric_limits<std::uint64_t>::max()),
      report);
  ask(entry, "no memory", with(with(usual, "memory_bytes", 0), "cpus_milli", 0), report);
  ask(entry, "unknown language", with(usual, "language", "no-such-language"), report);
}

/// A host of another minor version: its request is shorter or longer than ours.
void other_sizes(const Entry& entry, Report& report) {
  struct Longer {
    cex_plan_request known;
    unsigned char unknown[64];
  } longer{};
  std::memset(longer.unknown, 0x5a, sizeof(longer.unknown));
  longer.known.phase = CEX_PHASE_RUN;
  longer.known.h.struct_size = sizeof(longer);
  const Json asked{{"call", "plan"}};
  check_answer("request of a newer host", asked, call_plan(entry, longer.known), report);

  cex_plan_request shorter = longer.known;
  shorter.h.struct_size = offsetof(cex_plan_request, memory_bytes);
  // What an older host did not send is garbage to us and must not be read.
  std::memset(&shorter.memory_bytes, 0x5a, sizeof(shorter) - shorter.h.struct_size);
  check_answer("request of an older host", asked, call_plan(entry, shorter), report);
}

void noise(const Entry& entry, const std::string& language, Report& report) {
  std::string bytes(kNoise, ':');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525u + 1013904223u;
    if ((state >> 30u) != 0) byte = static_cast<char>((state >> 16u) % 127u + 1u);
  }
  const std::vector<std::string> texts{bytes, std::string(kNoise, 'a'), std::string(kNoise, '\n'),
                                       std::string(kNoise, '1'),
                                       "a:1:1: error: " + std::string(kNoise, '[')};
  for (const std::string& text : texts) {
    const Json asked{{"call", "diagnose"}, {"output", {{"language", language}, {"text", text}}}};
    const Answer answer = call(entry, asked);
    check_answer("noise", asked, answer, report);
    if (answer.records.size() > 200) report.fail("manners", "noise: more than 200 diagnostics");
  }
  for (const char* out :
       {"", "\n", "version", "Python", "go version go", "99999999999999999999999"}) {
    const Json asked{
        {"call", "recognise"},
        {"output", {{"probe", "x"}, {"executable", "/x"}, {"exit_code", 1}, {"out", out}}}};
    const Answer answer = call(entry, asked);
    check_answer("recognise noise", asked, answer, report);
    if (!answer.records.empty())
      report.fail("manners", "recognised a tool chain in a failed probe");
  }
}

}  // namespace

void check_manners(const Entry& entry, const Json& manifest, Report& report) {
  const Answer described = call(entry, {{"call", "describe"}});
  for (const std::string& breach : described.breaches)
    report.fail("manners", "describe: " + breach);
  if (described.status != CEX_OK) {
    report.fail("manners", "describe() failed: " + described.error);
    return;
  }
  std::set<std::string> promised;
  for (const Json& id : manifest.at("languages")) promised.insert(id.get<std::string>());
  check_description(described.records, promised, report);
  for (const Json& usual : sample_calls(described.records)) {
    check_answer("sample", usual, call(entry, usual), report);
    if (usual.at("call") == "plan") odd_plans(entry, usual, report);
    if (usual.at("call") == "diagnose") {
      noise(entry, usual.at("output").at("language").get<std::string>(), report);
    }
  }
  other_sizes(entry, report);
  if (report.passed()) report.pass("manners", "odd requests are answered or refused in good order");
}

}  // namespace cex::testkit
