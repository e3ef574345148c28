// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/limits.hpp"

namespace cex {

/// What a caller may do. Others' jobs do not exist for any of them but Role::admin.
enum class Role : std::uint8_t {
  run,      ///< make, read and cancel the tenant's jobs
  read,     ///< read the tenant's jobs
  auditor,  ///< read the audit log
  admin,    ///< all of it, for every tenant
};
[[nodiscard]] std::string_view to_string(Role role) noexcept;
[[nodiscard]] std::optional<Role> role_of(std::string_view name) noexcept;

/// What a caller may ask for, below what the operator allows everybody.
struct Permit {
  std::vector<std::string> languages;  ///< ids; empty: all
  bool network{true};
  LimitsRequest max;  ///< of runs and compilations; absent fields: the server's own
};

/// Requests a second, and how many may come at once after a pause.
struct Rate {
  double per_second{0};
  std::uint32_t burst{1};
};

/// Who a request comes from.
struct Principal {
  std::string tenant{"local"};
  std::string
      key;  ///< prefix of the API key, or the token's subject; empty: nobody had to show one
  std::vector<Role> roles;
  Permit permit;
  std::optional<Rate> rate;

  [[nodiscard]] bool has(Role role) const noexcept;
};

}  // namespace cex
