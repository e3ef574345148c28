// SPDX-License-Identifier: Apache-2.0
#include "server/hub/sse.hpp"

#include <nlohmann/json.hpp>

#include "server/dto/job_view.hpp"

namespace cex::hub {
namespace {

using Json = nlohmann::ordered_json;

std::string one_line(const Json& data) {
  constexpr bool kAsciiOnly = true;
  return data.dump(-1, ' ', kAsciiOnly, Json::error_handler_t::replace);
}

Json output_of(const JobEvent& event) {
  Json data{{"step", event.compile ? "compile" : "run"}, {"run", event.run}};
  dto::put_bytes(data, "data", "encoding", event.bytes);
  return data;
}

}  // namespace

std::string render_event(std::uint64_t id, std::string_view name, const Json& data) {
  std::string out = "id: " + std::to_string(id) + "\nevent: ";
  out += name;
  out += "\ndata: " + one_line(data) + "\n\n";
  return out;
}

std::string render_event(const JobEvent& event) {
  switch (event.kind) {
    case JobEvent::Kind::out:
      return render_event(event.sequence, "stdout", output_of(event));
    case JobEvent::Kind::err:
      return render_event(event.sequence, "stderr", output_of(event));
    case JobEvent::Kind::error:
      return render_event(event.sequence, "error",
                          {{"code", "internal_error"}, {"detail", event.bytes}});
    case JobEvent::Kind::state:
    case JobEvent::Kind::result:
      break;
  }
  return render_event(event.sequence, "state", {{"state", to_string(event.state)}});
}

std::string render_stream_error(std::string_view code, std::string_view detail) {
  return "event: error\ndata: " + one_line({{"code", code}, {"detail", detail}}) + "\n\n";
}

}  // namespace cex::hub
