// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <cex/testkit/report.hpp>

namespace cex::testkit {

/// Hygiene of a shared object, read from the file, nothing is loaded: exports only cex_plugin_v*,
/// no RPATH, no TEXTREL, no executable stack; warns of GNU_UNIQUE symbols, which keep it mapped
/// after unloading.
void check_elf(const std::string& library, Report& report);

}  // namespace cex::testkit
