/* SPDX-License-Identifier: Apache-2.0 */
/* The header as C11, alone, with -Wpadded: its own assertions pin the layout. */
#include <cex/plugin_abi.h>

typedef int cex_layout_holds;
