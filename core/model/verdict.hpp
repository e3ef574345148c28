// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace cex {

/// How a step or a job ended. The one enum of its kind in the project.
enum class Verdict : std::uint8_t {
  ok,
  compile_error,
  runtime_error,
  time_limit,
  memory_limit,
  output_limit,
  process_limit,
  disk_limit,
  wrong_answer,
  cancelled,
  internal_error,  ///< our fault, never the program's
};

/// The API's word: "ok", "compile_error", ...
[[nodiscard]] std::string_view to_string(Verdict verdict) noexcept;

/// Why the supervisor ended (or saw the end of) a step: the first cause wins, later ones are noise.
enum class WhyEnded : std::uint8_t {
  exited,  ///< the main process ended by itself (exit or signal)
  wall_limit,
  cpu_limit,
  memory_limit,  ///< the kernel's OOM counter of the job's own group rose
  output_limit,
  cancelled,
  idle,        ///< of an interactive run: neither its clients nor its program said anything
  box_failed,  ///< the box could not be set up or was lost: our fault
};

[[nodiscard]] std::string_view to_string(WhyEnded why) noexcept;

}  // namespace cex
