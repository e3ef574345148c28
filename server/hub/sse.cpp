// SPDX-License-Identifier: Apache-2.0
#include "server/hub/sse.hpp"

#include <nlohmann/json.hpp>

#include "server/hub/event_data.hpp"

namespace cex::hub {

std::string render_event(std::uint64_t id, std::string_view name,
                         const nlohmann::ordered_json& data) {
  std::string out = "id: " + std::to_string(id) + "\nevent: ";
  out += name;
  out += "\ndata: " + one_line(data) + "\n\n";
  return out;
}

std::string render_event(const JobEvent& event) {
  return render_event(event.sequence, name_of(event), data_of(event));
}

std::string render_stream_error(std::string_view code, std::string_view detail) {
  return "event: error\ndata: " + one_line({{"code", code}, {"detail", detail}}) + "\n\n";
}

}  // namespace cex::hub
