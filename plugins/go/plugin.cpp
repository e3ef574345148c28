// SPDX-License-Identifier: Apache-2.0
#include <cex/plugin.hpp>

#include "go_spec.hpp"

CEX_PLUGIN(cex::plugins::GoSpec, "org.code-executor.go", "0.1.0", /*oldest host*/ "0.1.0")
