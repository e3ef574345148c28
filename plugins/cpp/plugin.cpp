// SPDX-License-Identifier: Apache-2.0
#include <cex/plugin.hpp>

#include "cpp_spec.hpp"

CEX_PLUGIN(cex::plugins::CppSpec, "org.code-executor.cpp", "0.1.0", /*oldest host*/ "0.1.0")
