// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cex/testkit/report.hpp>

#include "calls.hpp"

namespace cex::testkit {

/// Compares describe() with the manifest and sends odd requests: the plugin may refuse them with a
/// reason, but must neither break a rule of the ABI nor crash. Runs in a child.
void check_manners(const Entry& entry, const Json& manifest, Report& report);

}  // namespace cex::testkit
