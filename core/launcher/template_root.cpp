// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/template_root.hpp"

#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>

#include <cstdint>

#include "core/launcher/mounts.hpp"
#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

using wire::MountKind;
using wire::Stage;

// The place where the new root grows before it becomes "/". Any folder will do: the mount namespace
// is private by then, and whatever is bound from the host is held by descriptor before it is
// covered.
constexpr const char* kGrowAt = "/proc";

int g_trees[wire::kMaxMounts];

int make_file(int root, const char* target, const unsigned char* data, std::size_t size) {
  const int fd = raw::openat(root, target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (fd < 0) return -1;
  std::size_t done = 0;
  while (done < size) {
    const long written = raw::write(fd, data + done, size - done);
    if (written <= 0) {
      raw::close(fd);
      return -1;
    }
    done += static_cast<std::size_t>(written);
  }
  raw::close(fd);
  return 0;
}

// A clone of the host's mount with the flags of a box. One call for the mount and everything below
// it: a bind with MS_RDONLY in mount(2) is silently read-write, and without recursion mounts below
// stay writable.
int open_source(MountKind kind, const char* source) {
  const unsigned recursive = kind == MountKind::device ? 0 : AT_RECURSIVE;
  std::uint64_t flags = MOUNT_ATTR_NOSUID;
  if (kind != MountKind::device) flags |= MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV;
  if (kind != MountKind::read_only) flags |= MOUNT_ATTR_NOEXEC;
  const int tree = open_tree(AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive);
  if (tree < 0 || set_mount_flags(tree, flags, recursive) != 0) return -1;
  return tree;
}

int attach(int tree, int root, const char* target) {
  const int result = move_mount_to(tree, root, target);
  raw::close(tree);
  return result;
}

int place(const Settings& settings, const wire::MountRecord& record, int tree, int root) {
  const char* target = settings.text(record.target_at);
  switch (record.kind) {
    case MountKind::folder:
      return raw::mkdirat(root, target, 0755);
    case MountKind::read_only:
    case MountKind::data:
      return attach(tree, root, target);
    case MountKind::device:
      return make_file(root, target, nullptr, 0) == 0 ? attach(tree, root, target) : -1;
    case MountKind::file:
      return make_file(root, target, settings.payload + record.data_at, record.data_size);
    case MountKind::link:
      return static_cast<int>(
          raw::call(SYS_symlinkat, settings.text(record.source_at), root, target));
  }
  errno = EINVAL;
  return -1;
}

int new_root() {
  const int context = static_cast<int>(raw::call(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC));
  if (context < 0) return -1;
  if (!set_option(context, "mode", "0755") || !set_option(context, "size", "16m") ||
      !set_option(context, "nr_inodes", "4096")) {
    return -1;
  }
  const int root = finish_mount(context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  raw::close(context);
  return root;
}

}  // namespace

wire::Report enter_template_root(const Settings& settings) {
  // uts: the host's name is replaced; ipc: the launcher's own, boxes get fresh ones each.
  constexpr unsigned long kNew = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC;
  if (raw::call(SYS_unshare, kNew) != 0) return failed(Stage::template_root, 1000);
  if (raw::call(SYS_mount, "none", "/", nullptr, static_cast<unsigned long>(MS_REC | MS_PRIVATE),
                nullptr) != 0) {
    return failed(Stage::template_root, 1001);
  }
  if (raw::call(SYS_sethostname, "box", 3L) != 0) return failed(Stage::template_root, 1002);
  if (raw::call(SYS_setdomainname, "", 0L) != 0) return failed(Stage::template_root, 1003);

  raw::call(SYS_umask, 022L);
  const auto* records =
      reinterpret_cast<const wire::MountRecord*>(settings.payload + settings.head().mounts_at);
  const std::uint32_t count = settings.head().mount_count;
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool bound = records[i].kind == MountKind::read_only ||
                       records[i].kind == MountKind::data || records[i].kind == MountKind::device;
    g_trees[i] = bound ? open_source(records[i].kind, settings.text(records[i].source_at)) : -1;
    if (bound && g_trees[i] < 0) return failed(Stage::template_root, static_cast<int>(i));
  }
  const int host_proc =
      settings.configure.rootless == 0
          ? -1
          : open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

  const int root = new_root();
  if (root < 0) return failed(Stage::template_root, 1004);
  // Mounts are attached to `root` by descriptor; it has to be in this namespace's tree for that.
  if (move_mount_to(root, AT_FDCWD, kGrowAt) != 0) return failed(Stage::template_root, 1005);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (place(settings, records[i], g_trees[i], root) != 0) {
      return failed(Stage::template_root, static_cast<int>(i));
    }
  }
  // In a user namespace the kernel mounts a fresh proc only where a whole one is in sight already.
  // A cell's init removes this one before the job's process exists.
  if (settings.configure.rootless != 0 && attach(host_proc, root, kHostProc) != 0) {
    return failed(Stage::template_root, 1011);
  }
  if (set_mount_flags(root, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0) != 0) {
    return failed(Stage::template_root, 1006);
  }
  // pivot_root(".", ".") stacks the old root over the new one; detaching it leaves nothing of the
  // host but the binds above.
  if (raw::call(SYS_fchdir, root) != 0) return failed(Stage::template_root, 1007);
  if (raw::call(SYS_pivot_root, ".", ".") != 0) return failed(Stage::template_root, 1008);
  if (raw::call(SYS_umount2, ".", static_cast<long>(MNT_DETACH)) != 0) {
    return failed(Stage::template_root, 1009);
  }
  if (raw::call(SYS_chdir, "/") != 0) return failed(Stage::template_root, 1010);
  raw::close(root);
  return {};
}

}  // namespace cex::launcher
