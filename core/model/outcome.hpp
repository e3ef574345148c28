// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/model/file_set.hpp"
#include "core/model/network_report.hpp"
#include "core/model/verdict.hpp"

namespace cex {

/// What a step used, from the kernel's own counters outside the box.
struct Usage {
  std::chrono::nanoseconds wall{};
  std::chrono::nanoseconds cpu{};
  std::uint64_t memory_peak_bytes{};
};

/// Bytes a stream delivered, cut at the limit.
struct CapturedStream {
  std::string bytes;
  bool truncated{false};
};

/// What happened in one box. Not an error, whatever the program did.
struct StepOutcome {
  WhyEnded why{WhyEnded::box_failed};
  int exit_code{-1};  ///< valid if `signal` is 0
  int signal{0};      ///< number of the signal that ended the main process, 0 if it exited
  bool process_limit_hit{false};  ///< the kernel refused a fork or thread of the job
  bool disk_full{false};          ///< the box's file system had no byte or inode left at the end
  CapturedStream out;
  CapturedStream err;
  Usage usage;
  std::vector<BoxFile> outputs;  ///< files that matched the plan's outputs or the job's artifacts
  bool outputs_truncated{false};
  bool no_slot{false};    ///< box_failed because no slot came free in time
  NetworkReport network;  ///< what it reached or tried to, if it was given a network
  int exec_error{0};      ///< box_failed because exec refused the program: its errno
  std::string failure;  ///< for WhyEnded::box_failed: {stage, index, errno} as text, for operators
};

}  // namespace cex
