// SPDX-License-Identifier: Apache-2.0
#include <cex/plugin.hpp>

#include "python_spec.hpp"

CEX_PLUGIN(cex::plugins::PythonSpec, "org.code-executor.python", "0.1.0", /*oldest host*/ "0.1.0")
