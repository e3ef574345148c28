// SPDX-License-Identifier: Apache-2.0

// What a program wrote, on its way to the client: held against what a test expects, in the job
// object, in the event stream. The input: what was expected, a NUL, what the program wrote.
#include <cmath>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/engine/compare.hpp"
#include "server/dto/job_view.hpp"
#include "server/hub/sse.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::Compare;
using cex::fuzz::require;

void check_compare(std::string_view actual, std::string_view expected) {
  const auto same = [&](Compare how) {
    const bool answer = cex::engine::matches(actual, expected, how, 1e-6);
    if (how != Compare::floats) {  // an epsilon relative to one side knows which side it is
      require(cex::engine::matches(expected, actual, how, 0) == answer,
              "equal is equal either way");
    }
    return answer;
  };
  const bool exact = same(Compare::exact);
  const bool trim = same(Compare::trim);
  const bool tokens = same(Compare::tokens);
  require(exact == (actual == expected), "exact is exact");
  require(!exact || trim, "what is the same is so without its blanks");
  require(!trim || tokens, "the same lines hold the same words");
  require(!tokens || same(Compare::floats), "the same words are as close as can be");
}

std::string bytes_of(const nlohmann::json& object, const char* name, const char* encoding) {
  const auto text = object.at(name).get<std::string>();
  if (object.at(encoding) == "utf8") return text;
  const auto decoded = cex::base64_decode(text);
  require(decoded.has_value(), "base64 that we write can be read");
  return *decoded;
}

void check_job_object(const std::string& bytes) {
  cex::JobView view;
  view.id = "job";
  view.message = bytes;
  view.labels = {{"label", bytes}};
  cex::StepReport step;
  step.name = bytes;
  step.out.bytes = bytes;
  step.signal = static_cast<int>(bytes.size());
  step.diagnostics.push_back({bytes, 1, 2, cex::Severity::error, bytes, bytes});
  view.runs.push_back(step);
  view.compile = step;
  view.artifacts.push_back({bytes, std::make_shared<const std::string>(bytes), true, false});
  const auto read = cex::parse_json(cex::dto::dump(cex::dto::to_json_value(view)));
  require(read.has_value(), "the job object is JSON, whatever a program wrote");
  require(bytes_of(read->at("runs").at(0), "stdout", "stdout_encoding") == bytes,
          "output is bytes");
  require(bytes_of(read->at("artifacts").at(0), "content", "encoding") == bytes, "so are files");
}

void check_event(const std::string& bytes) {
  cex::JobEvent event;
  event.sequence = 7;
  event.kind = cex::JobEvent::Kind::err;
  event.bytes = bytes;
  const std::string text = cex::hub::render_event(event);
  constexpr std::string_view kStart = "id: 7\nevent: stderr\ndata: ";
  require(text.starts_with(kStart) && text.ends_with("\n\n"), "an event has its shape");
  const std::string_view data =
      std::string_view{text}.substr(kStart.size(), text.size() - kStart.size() - 2);
  for (const char c : data) require(c >= 0x20 && c < 0x7F, "data is one line of plain ASCII");
  const auto read = cex::parse_json(data);
  require(read && bytes_of(*read, "data", "encoding") == bytes, "and holds the bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view actual = cex::fuzz::text_of(data, size);
  const std::string_view expected = cex::fuzz::take_until(actual, '\0');
  check_compare(actual, expected);
  check_job_object(std::string{actual});
  check_event(std::string{actual});
  return 0;
}
