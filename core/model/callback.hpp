// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cex {

/// Who is to be told of a job's end.
struct CallbackAddress {
  std::string url;
  std::string host;  ///< "HOST:PORT" of it
};

/// A finished job that somebody is still to be told of.
struct Callback {
  std::string job;
  std::string tenant;
  CallbackAddress address;
  std::uint32_t tries{0};  ///< that came to nothing
};

/// What is not to be given out now: jobs whose callback is being tried, and hosts and tenants that
/// have as many of them as they may.
struct CallbackBusy {
  std::vector<std::string> jobs;
  std::vector<std::string> hosts;
  std::vector<std::string> tenants;
};

}  // namespace cex
