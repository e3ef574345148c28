// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/unique_fd.hpp"
#include "core/sandbox/cgroup_instance.hpp"
#include "core/sandbox/payload.hpp"
#include "core/sandbox/subordinate_ids.hpp"

namespace cex::sandbox {

struct LauncherSettings {
  std::string program;  ///< absolute path of cex-launcher
  std::uint32_t slots{0};
  std::uint32_t uid_base{0};
  bool rootless{false};
  bool fresh_network{false};  ///< a new network namespace for each box, though the last is unused
  std::optional<SubordinateIds>
      ids;                  ///< rootless: two ids for each slot from here, else one for all
  std::string folder{"/"};  ///< where it starts; see TemplateInput::layers
};

/// A started and configured launcher. Destroying it closes the control socket, upon which the
/// launcher ends every box and itself; the destructor waits for that.
class LauncherProcess {
 public:
  /// Execs the launcher with an empty environment and configures it. Call before threads exist and,
  /// in root mode, before privileges are given up.
  [[nodiscard]] static Result<LauncherProcess> start(const LauncherSettings& settings,
                                                     const CgroupInstance& cgroups,
                                                     const UniqueFd& payload);
  LauncherProcess(LauncherProcess&&) noexcept = default;
  LauncherProcess& operator=(LauncherProcess&&) noexcept = default;
  ~LauncherProcess();

  /// Asks for slot `number`; the returned socket is this side's end, and speaks wire.hpp.
  [[nodiscard]] Result<UniqueFd> open_slot(std::uint32_t number);
  /// Readable at end-of-file: the launcher is gone.
  [[nodiscard]] int control() const { return control_.get(); }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  [[nodiscard]] Result<void> answer_map_ids(const wire::Configure& configure,
                                            const SubordinateIds& ids) const;
  LauncherProcess(UniqueFd control, pid_t pid) : control_{std::move(control)}, pid_{pid} {}
  UniqueFd control_;
  pid_t pid_{-1};
};

/// "template_root, entry 7 (usr): no such file or directory": a launcher's record for people.
[[nodiscard]] std::string describe(const wire::Report& report);

}  // namespace cex::sandbox
