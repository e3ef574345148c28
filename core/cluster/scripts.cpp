// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/scripts.hpp"

#include <array>

#include "core/cluster/script_texts.hpp"

namespace cex::cluster {

const std::string& text_of(Script script) {
  static const auto kTexts = [] {
    std::array<std::string, kScripts> texts;
    const std::array bodies{
        kLua_append,        kLua_cancel_queued, kLua_cancel_running, kLua_claim,
        kLua_enqueue,       kLua_events,        kLua_expired,        kLua_finish,
        kLua_forget,        kLua_get,           kLua_heartbeat,      kLua_leave,
        kLua_list,          kLua_nodes,         kLua_note_callback,  kLua_overdue,
        kLua_put_back,      kLua_reap,          kLua_release,        kLua_reserve,
        kLua_take_callback, kLua_unwatch,       kLua_watch};
    static_assert(std::tuple_size_v<decltype(bodies)> == kScripts);
    for (std::size_t i = 0; i < kScripts; ++i) texts[i] = std::string{kLua_common} + bodies[i];
    return texts;
  }();
  return kTexts.at(static_cast<std::size_t>(script));
}

}  // namespace cex::cluster
