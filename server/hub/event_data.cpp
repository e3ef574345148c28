// SPDX-License-Identifier: Apache-2.0
#include "server/hub/event_data.hpp"

#include <nlohmann/json.hpp>

#include "server/dto/job_view.hpp"

namespace cex::hub {

using Json = nlohmann::ordered_json;

std::string_view name_of(const JobEvent& event) {
  switch (event.kind) {
    case JobEvent::Kind::out:
      return "stdout";
    case JobEvent::Kind::err:
      return "stderr";
    case JobEvent::Kind::error:
      return "error";
    case JobEvent::Kind::result:
      return "result";
    case JobEvent::Kind::state:
      break;
  }
  return "state";
}

Json data_of(const JobEvent& event) {
  if (event.kind == JobEvent::Kind::out || event.kind == JobEvent::Kind::err) {
    Json data{{"step", event.compile ? "compile" : "run"}, {"run", event.run}};
    dto::put_bytes(data, "data", "encoding", event.bytes);
    return data;
  }
  if (event.kind == JobEvent::Kind::error) {
    return {{"code", "internal_error"}, {"detail", event.bytes}};
  }
  return {{"state", to_string(event.state)}};
}

std::string one_line(const Json& data) {
  constexpr bool kAsciiOnly = true;
  return data.dump(-1, ' ', kAsciiOnly, Json::error_handler_t::replace);
}

}  // namespace cex::hub
