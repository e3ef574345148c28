// SPDX-License-Identifier: Apache-2.0
// cex-plugin-host: one plugin in a process that can do nothing but answer. The server starts it
// with an empty environment and three descriptors (wire.hpp); by hand it is of no use.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include <cex/plugin_abi.h>

#include "core/plugin_host/answering.hpp"
#include "core/plugin_host/frames.hpp"
#include "core/plugin_host/lockdown.hpp"
#include "core/plugin_host/packing.hpp"
#include "core/plugin_host/wire.hpp"

namespace cex::plugin_host {
namespace {

int give_up(const std::string& why) {
  Packer text;
  text.put(why);
  (void)send_all(Sender::plugin, kSocketFd, make_frame(Frame::trouble, text.bytes()), kNoDeadline);
  return 1;
}

// Before anything foreign is loaded: only what the server gave.
bool has_its_descriptors() {
  const bool there = ::fcntl(kSocketFd, F_GETFD) >= 0 && ::fcntl(kObjectFd, F_GETFD) >= 0 &&
                     ::fcntl(kLeashFd, F_GETFD) >= 0;
  return there && ::syscall(SYS_close_range, kLeashFd + 1, ~0U, 0) == 0;
}

// It is borrowed from the table: a plugin that says nonsense about itself ends its own process.
std::string text_of(const char* text) {
  return text == nullptr ? std::string{} : text;
}

void send_table(const cex_plugin& table) {
  Packer head;
  const std::uint8_t functions = table.open != nullptr && table.close != nullptr &&
                                 table.describe != nullptr && table.recognise != nullptr &&
                                 table.plan != nullptr;
  const std::uint8_t diagnoses = table.diagnose != nullptr;
  head(table.magic, table.struct_size, table.abi_major, table.abi_minor, functions, diagnoses);
  const bool readable = table.magic == CEX_ABI_MAGIC && table.abi_major == CEX_ABI_MAJOR;
  for (const char* text : {table.id, table.version, table.min_host}) {
    head.put(readable ? text_of(text) : std::string{});
  }
  (void)send_all(Sender::plugin, kSocketFd, make_frame(Frame::table, head.bytes()), kNoDeadline);
}

int run() {
  std::signal(SIGPIPE, SIG_IGN);
  if (!has_its_descriptors()) {
    std::fputs("cex-plugin-host: the server starts this, with a plugin to hold\n", stderr);
    return 64;
  }
  if (const auto trouble = fasten(kLeashFd); !trouble.empty()) return give_up(trouble);
  if (const auto trouble = confine_loading(); !trouble.empty()) return give_up(trouble);
  const std::string object = "/proc/self/fd/" + std::to_string(kObjectFd);
  void* library = ::dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return give_up(text_of(::dlerror()));
  const auto* table = static_cast<const cex_plugin*>(::dlsym(library, "cex_plugin_v1"));
  if (table == nullptr) return give_up("entry: the object exports no cex_plugin_v1");
  send_table(*table);
  return serve_calls(*table);
}

}  // namespace
}  // namespace cex::plugin_host

int main() {
  // Neither unloading nor destructors of static objects: the plugin's code is not run once more.
  ::_exit(cex::plugin_host::run());
}
