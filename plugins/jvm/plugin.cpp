// SPDX-License-Identifier: Apache-2.0
#include <cex/plugin.hpp>

#include "jvm_spec.hpp"

CEX_PLUGIN(cex::plugins::JvmSpec, "org.code-executor.jvm", "0.1.0", /*oldest host*/ "0.1.0")
