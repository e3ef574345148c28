// SPDX-License-Identifier: Apache-2.0
#include "server/hub/io_events.hpp"

#include <nlohmann/json.hpp>

#include "server/hub/event_data.hpp"
#include "server/ws/frames.hpp"

namespace cex::hub {

using Json = nlohmann::ordered_json;

std::string render_io_event(const JobEvent& event) {
  Json message{{"type", name_of(event)}, {"id", event.sequence}};
  message.update(data_of(event));
  return ws::text_frame(one_line(message));
}

std::string render_io_result(std::uint64_t id, const Json& job) {
  return ws::text_frame(one_line({{"type", "result"}, {"id", id}, {"job", job}}));
}

std::string render_io_error(std::string_view code, std::string_view detail) {
  return ws::text_frame(one_line({{"type", "error"}, {"code", code}, {"detail", detail}}));
}

}  // namespace cex::hub
