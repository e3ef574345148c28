// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace cex::sandbox {

/// Holds if `argument[index] & mask` is one of `values`.
struct ArgumentTest {
  unsigned index{0};  ///< 0 to 5
  std::uint64_t mask{~std::uint64_t{0}};
  std::vector<std::uint64_t> values;

  bool operator==(const ArgumentTest&) const = default;
};

struct CallRule {
  std::uint32_t action{0};         ///< SECCOMP_RET_...
  std::vector<ArgumentTest> when;  ///< all of them; empty: always

  bool operator==(const CallRule&) const = default;
};

/// What a process may call. Of the rules of one call the first that holds answers.
struct CallPolicy {
  std::uint32_t otherwise{0};                  ///< calls without a rule that holds
  std::map<int, std::vector<CallRule>> calls;  ///< by x86-64 call number, not below 0
};

/// The policy as struct sock_filter[]: a search tree over the call numbers, then the tests of
/// arguments. The kernel runs a filter for every call number and translates all of it at each
/// install, so both depth and length matter: this installs in less than half the time of
/// libseccomp's. Calls of a foreign architecture or of x32 kill the process. Pure. Errors:
/// Errc::internal if a jump would be too far for the encoding.
[[nodiscard]] Result<std::string> encode(const CallPolicy& policy);

}  // namespace cex::sandbox
