// SPDX-License-Identifier: Apache-2.0
#include "core/model/principal.hpp"

#include <algorithm>
#include <array>

namespace cex {
namespace {

constexpr std::array kRoles{Role::run, Role::read, Role::auditor, Role::admin};

}  // namespace

std::string_view to_string(Role role) noexcept {
  switch (role) {
    case Role::run:
      return "run";
    case Role::read:
      return "read";
    case Role::auditor:
      return "auditor";
    case Role::admin:
      return "admin";
  }
  return "read";
}

std::optional<Role> role_of(std::string_view name) noexcept {
  const auto found = std::find_if(kRoles.begin(), kRoles.end(),
                                  [&](Role role) { return to_string(role) == name; });
  if (found == kRoles.end()) return std::nullopt;
  return *found;
}

bool Principal::has(Role role) const noexcept {
  const auto holds = [this](Role wanted) {
    return std::find(roles.begin(), roles.end(), wanted) != roles.end();
  };
  return holds(role) || holds(Role::admin) || (role == Role::read && holds(Role::run));
}

}  // namespace cex
