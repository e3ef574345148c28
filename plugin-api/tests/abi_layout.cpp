// SPDX-License-Identifier: Apache-2.0
// The header as C++, alone, with -Wpadded: its own assertions pin the layout.
#include <cex/plugin_abi.h>

static_assert(noexcept(cex_plugin_v1.describe(nullptr, nullptr)), "slots must not throw");
