// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/launcher_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "core/base/socket_pair.hpp"
#include "core/base/spawn_actions.hpp"
#include "core/sandbox/message.hpp"

namespace cex::sandbox {
namespace {

Result<pid_t> spawn(const LauncherSettings& settings, int control) {
  SpawnActions actions;
  ::posix_spawn_file_actions_addopen(actions.get(), 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(actions.get(), 1, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addchdir_np(actions.get(), settings.folder.c_str());
  // Should the socket have that number already, glibc takes close-on-exec off instead.
  ::posix_spawn_file_actions_adddup2(actions.get(), control, wire::kControlFd);
  std::string name = "cex-launcher";
  char* argv[] = {name.data(), nullptr};
  char* envp[] = {nullptr};
  pid_t pid = -1;
  const int error =
      ::posix_spawn(&pid, settings.program.c_str(), actions.get(), nullptr, argv, envp);
  if (error != 0) return fail_errno("start " + settings.program + " in " + settings.folder, error);
  return pid;
}

const char* name(wire::Stage stage) {
  using wire::Stage;
  switch (stage) {
    case Stage::none:
      return "none";
    case Stage::message:
      return "message";
    case Stage::privileges:
      return "privileges";
    case Stage::template_root:
      return "template_root";
    case Stage::cgroup:
      return "cgroup";
    case Stage::clone_cell:
      return "clone_cell";
    case Stage::cell_tmpfs:
      return "cell_tmpfs";
    case Stage::cell_proc:
      return "cell_proc";
    case Stage::loopback:
      return "loopback";
    case Stage::credentials:
      return "credentials";
    case Stage::pipes:
      return "pipes";
    case Stage::seccomp:
      return "seccomp";
    case Stage::limits:
      return "limits";
    case Stage::rlimits:
      return "rlimits";
    case Stage::files:
      return "files";
    case Stage::cwd:
      return "cwd";
    case Stage::descriptors:
      return "descriptors";
    case Stage::exec:
      return "exec";
    case Stage::clean_up:
      return "clean_up";
    case Stage::network:
      return "network";
    case Stage::gate:
      return "gate";
    case Stage::terminal:
      return "terminal";
  }
  return "unknown";
}

}  // namespace

std::string describe(const wire::Report& report) {
  return std::string{"stage "} + name(report.stage) + ", index " + std::to_string(report.index) +
         ": " + std::generic_category().message(report.sys_errno);
}

Result<LauncherProcess> LauncherProcess::start(const LauncherSettings& settings,
                                               const CgroupInstance& cgroups,
                                               const UniqueFd& payload) {
  CEX_TRY(SocketPair pair, make_socket_pair(SOCK_SEQPACKET));
  CEX_TRY(const pid_t pid, spawn(settings, pair.theirs.get()));
  pair.theirs.reset();
  LauncherProcess launcher{std::move(pair.ours), pid};

  wire::Configure message{};
  message.header.type = wire::Type::configure;
  message.cgroup = cgroups.kind;
  message.rootless = settings.rootless ? 1 : 0;
  message.fresh_network = settings.fresh_network ? 1 : 0;
  message.own_ids = !settings.rootless || settings.ids ? 1 : 0;
  message.slots = settings.slots;
  message.uid_base = settings.uid_base;
  message.outer_uid = ::geteuid();
  message.outer_gid = ::getegid();
  message.cpus = static_cast<std::uint32_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
  std::strncpy(message.instance, cgroups.name.c_str(), sizeof(message.instance) - 1);
  std::vector<int> fds{payload.get()};
  for (std::size_t i = 0; i < cgroups.instances.size(); ++i) {
    fds.push_back(cgroups.instances[i].get());
    fds.push_back(cgroups.parents[i].get());
  }
  CEX_CHECK(send_message(launcher.control(), &message, sizeof(message), fds));

  Message answer;
  auto received = receive_message(launcher.control(), answer);
  if (received && received->size != 0 && answer.header.type == wire::Type::map_ids &&
      settings.ids) {
    CEX_CHECK(launcher.answer_map_ids(message, *settings.ids));
    received = receive_message(launcher.control(), answer);
  }
  if (!received || received->size == 0 || answer.header.type != wire::Type::configured) {
    return fail(Errc::internal, settings.program + " ended at once or is of another version");
  }
  if (answer.report.stage != wire::Stage::none) {
    return fail(Errc::unsupported,
                "the launcher cannot make boxes on this host: " + describe(answer.report));
  }
  return launcher;
}

Result<void> LauncherProcess::answer_map_ids(const wire::Configure& configure,
                                             const SubordinateIds& ids) const {
  const IdMap map{pid_, wire::launcher_id(configure), configure.uid_base, 2 * configure.slots};
  CEX_CHECK(map_ids(map, ids));
  wire::Plain message{};
  message.header.type = wire::Type::ids_mapped;
  return send_message(control_.get(), &message, sizeof(message));
}

LauncherProcess::~LauncherProcess() {
  if (!control_) return;
  control_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<UniqueFd> LauncherProcess::open_slot(std::uint32_t number) {
  CEX_TRY(SocketPair pair, make_socket_pair(SOCK_SEQPACKET));
  wire::OpenSlot message{};
  message.header.type = wire::Type::open_slot;
  message.slot = number;
  CEX_CHECK(send_message(control_.get(), &message, sizeof(message), {pair.theirs.get()}));
  return std::move(pair.ours);
}

}  // namespace cex::sandbox
