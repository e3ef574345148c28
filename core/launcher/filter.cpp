// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/filter.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>

#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

wire::Report install(const Settings& settings, std::uint32_t at, std::uint32_t count, int index) {
  sock_fprog program{};
  program.len = static_cast<unsigned short>(count);
  program.filter =
      const_cast<sock_filter*>(reinterpret_cast<const sock_filter*>(settings.payload + at));
  if (raw::call(SYS_seccomp, static_cast<long>(SECCOMP_SET_MODE_FILTER), 0L, &program) != 0) {
    return failed(wire::Stage::seccomp, index);
  }
  return {};
}

}  // namespace

wire::Report install_run_filter(const Settings& settings) {
  return install(settings, settings.head().run_filter_at, settings.head().run_filter_count, 1);
}

wire::Report install_compile_filter(const Settings& settings) {
  return install(settings, settings.head().compile_filter_at, settings.head().compile_filter_count,
                 2);
}

}  // namespace cex::launcher
