// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace cex::cluster {

/// The fixed programs that run inside Redis, each all or nothing; their texts, with what they take
/// and answer, are the files of core/cluster/scripts. Each may be sent again when its answer was
/// lost: it looks at ids, attempts and tokens before it changes anything.
enum class Script : std::uint8_t {
  append,
  cancel_queued,
  cancel_running,
  claim,
  enqueue,
  events,
  expired,
  finish,
  forget,
  get,
  heartbeat,
  leave,
  list,
  nodes,
  note_callback,
  overdue,
  put_back,
  reap,
  release,
  reserve,
  take_callback,
  unwatch,
  watch,
};
inline constexpr std::size_t kScripts = 23;

/// The text as Redis gets it.
[[nodiscard]] const std::string& text_of(Script script);

}  // namespace cex::cluster
