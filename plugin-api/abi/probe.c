/* SPDX-License-Identifier: Apache-2.0 */
/* Every record of the header by name, so that its debug information is all that host and plugin agree on. */
#include <cex/plugin_abi.h>

#define SHOW(type)                    \
  CEX_EXPORT void show_##type(const type* value); \
  void show_##type(const type* value) { (void)value; }

SHOW(cex_str)
SHOW(cex_list)
SHOW(cex_record)
SHOW(cex_language)
SHOW(cex_option)
SHOW(cex_probe)
SHOW(cex_toolchain)
SHOW(cex_step)
SHOW(cex_layer)
SHOW(cex_file)
SHOW(cex_preboot)
SHOW(cex_diagnostic)
SHOW(cex_probe_output)
SHOW(cex_plan_request)
SHOW(cex_compiler_output)
SHOW(cex_sink)
SHOW(cex_host)
SHOW(cex_plugin)
