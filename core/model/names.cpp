// SPDX-License-Identifier: Apache-2.0
#include "core/model/job_view.hpp"
#include "core/model/verdict.hpp"

namespace cex {

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::compile_error:
      return "compile_error";
    case Verdict::runtime_error:
      return "runtime_error";
    case Verdict::time_limit:
      return "time_limit";
    case Verdict::memory_limit:
      return "memory_limit";
    case Verdict::output_limit:
      return "output_limit";
    case Verdict::process_limit:
      return "process_limit";
    case Verdict::disk_limit:
      return "disk_limit";
    case Verdict::wrong_answer:
      return "wrong_answer";
    case Verdict::cancelled:
      return "cancelled";
    case Verdict::internal_error:
      return "internal_error";
  }
  return "internal_error";
}

std::string_view to_string(WhyEnded why) noexcept {
  switch (why) {
    case WhyEnded::exited:
      return "exited";
    case WhyEnded::wall_limit:
      return "wall_limit";
    case WhyEnded::cpu_limit:
      return "cpu_limit";
    case WhyEnded::memory_limit:
      return "memory_limit";
    case WhyEnded::output_limit:
      return "output_limit";
    case WhyEnded::cancelled:
      return "cancelled";
    case WhyEnded::idle:
      return "idle";
    case WhyEnded::box_failed:
      return "box_failed";
  }
  return "box_failed";
}

std::string_view to_string(JobState state) noexcept {
  switch (state) {
    case JobState::queued:
      return "queued";
    case JobState::running:
      return "running";
    case JobState::finished:
      return "finished";
    case JobState::cancelled:
      return "cancelled";
  }
  return "cancelled";
}

}  // namespace cex
