// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/terminal.hpp"

#include <asm/termbits.h>
#include <linux/mount.h>
#include <sys/ioctl.h>

#include <cstdint>

#include "core/launcher/mounts.hpp"
#include "core/launcher/privileges.hpp"
#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

using wire::Report;
using wire::Stage;

long control(int fd, unsigned long request, const void* argument) {
  return raw::call(SYS_ioctl, fd, request, argument);
}

int mount_devices(std::uint32_t uid) {
  const int context = static_cast<int>(raw::call(SYS_fsopen, "devpts", FSOPEN_CLOEXEC));
  if (context < 0) return -1;
  // The multiplexer is for the one who opens it below; the job's user never sees it.
  const bool set = set_number(context, "uid", uid) && set_number(context, "gid", uid) &&
                   set_option(context, "mode", "0600") && set_option(context, "ptmxmode", "0600") &&
                   set_number(context, "max", 1);
  const int mount = set ? finish_mount(context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC) : -1;
  const int saved = errno;
  raw::close(context);
  errno = saved;
  return mount;
}

// Erasing takes a whole character, not a byte of one.
bool set_up_line(int outer) {
  termios line{};
  if (control(outer, TCGETS, &line) != 0) return false;
  line.c_iflag |= IUTF8;
  return control(outer, TCSETS, &line) == 0;
}

Report open_ends(int mount, const wire::Window& window, Terminal& terminal) {
  terminal.outer = raw::openat(mount, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (terminal.outer < 0) return failed(Stage::terminal, 2);
  const int unlocked = 0;
  if (control(terminal.outer, TIOCSPTLCK, &unlocked) != 0) return failed(Stage::terminal, 3);
  const winsize size{window.rows, window.cols, 0, 0};
  if (control(terminal.outer, TIOCSWINSZ, &size) != 0) return failed(Stage::terminal, 4);
  if (!set_up_line(terminal.outer)) return failed(Stage::terminal, 5);
  // By its other end instead of by its name: that asks for no right to the job's files.
  terminal.inner = static_cast<int>(raw::call(SYS_ioctl, terminal.outer, TIOCGPTPEER,
                                              static_cast<long>(O_RDWR | O_NOCTTY | O_CLOEXEC)));
  return terminal.inner < 0 ? failed(Stage::terminal, 6) : Report{};
}

}  // namespace

Report open_terminal(const wire::Window& window, std::uint32_t uid, Terminal& terminal) {
  const int mount = mount_devices(uid);
  if (mount < 0) return failed(Stage::terminal, 1);
  const Report report = open_ends(mount, window, terminal);
  raw::close(mount);
  if (succeeded(report)) return report;
  raw::reset(terminal.outer);
  raw::reset(terminal.inner);
  return report;
}

}  // namespace cex::launcher
