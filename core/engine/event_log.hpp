// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/engine/service.hpp"
#include "core/model/job_view.hpp"

namespace cex::engine {

/// The replayable events of one job. Output that nobody has read yet is joined into larger pieces,
/// so a program that writes byte by byte cannot make a log of a million events. Not thread-safe.
class EventLog {
 public:
  /// The first event gets the number after `base`.
  explicit EventLog(std::uint64_t base = 0) : base_{base} {}
  /// The log of a job that has ended, as all() gave it.
  [[nodiscard]] static EventLog restore(std::vector<JobEvent> events);

  void append(JobEvent event);
  /// Events above `after`, about 256 KiB at most; what is given out is never changed again.
  [[nodiscard]] EventPage read(std::uint64_t after);
  /// Is there anything above `after` that read() would give out now?
  [[nodiscard]] bool has_after(std::uint64_t after) const;
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const std::vector<JobEvent>& all() const { return events_; }

 private:
  [[nodiscard]] bool joins(const JobEvent& event) const;
  [[nodiscard]] std::size_t visible() const;
  [[nodiscard]] std::size_t index_after(std::uint64_t sequence) const;

  std::uint64_t base_{0};
  std::vector<JobEvent> events_;
  std::uint64_t sealed_{0};  ///< sequence up to which events were given out
  std::uint64_t bytes_{0};
  bool finished_{false};
};

}  // namespace cex::engine
