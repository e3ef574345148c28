// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/mount_table.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/base/files.hpp"
#include "core/base/text.hpp"

namespace cex::sandbox {
namespace {

namespace fs = std::filesystem;
using Kind = TemplateEntry::Kind;

class Table {
 public:
  void folder(const std::string& target) {
    parents(target);
    add({Kind::folder, {}, target, {}});
  }
  void bind(const std::string& source, const std::string& target, Kind kind = Kind::read_only) {
    folder(target);
    entries_.push_back({kind, source, target, {}});
  }
  void device(const std::string& path) {
    parents(path.substr(1));
    add({Kind::device, path, path.substr(1), {}});
  }
  void file(const std::string& target, std::string data) {
    parents(target);
    add({Kind::file, {}, target, std::move(data)});
  }
  void link(const std::string& target, const std::string& to) {
    parents(target);
    add({Kind::link, to, target, {}});
  }
  [[nodiscard]] std::vector<TemplateEntry> take() { return std::move(entries_); }

 private:
  void add(TemplateEntry entry) {
    if (seen_.insert(entry.target).second) entries_.push_back(std::move(entry));
  }
  void parents(const std::string& target) {
    for (auto at = target.find('/'); at != std::string::npos; at = target.find('/', at + 1)) {
      add({Kind::folder, {}, target.substr(0, at), {}});
    }
  }

  std::vector<TemplateEntry> entries_;
  std::set<std::string> seen_;
};

// /bin and its like: links into /usr on merged systems, folders of their own elsewhere.
void base_system(Table& table) {
  for (const std::string name : {"bin", "sbin", "lib", "lib32", "lib64", "libx32"}) {
    std::error_code ignored;
    const fs::path path = "/" + name;
    if (fs::is_symlink(path, ignored)) {
      table.link(name, fs::read_symlink(path, ignored).string());
    } else if (fs::is_directory(path, ignored)) {
      table.bind(path.string(), name);
    }
  }
}

Result<void> toolchains(Table& table, std::vector<std::string> roots) {
  std::sort(roots.begin(), roots.end());
  std::string last;
  for (const std::string& root : roots) {
    std::error_code error;
    if (root.empty() || root[0] != '/' || fs::path{root}.lexically_normal() != root ||
        root == "/" || !fs::is_directory(root, error)) {
      return fail(Errc::config, "sandbox.toolchain_roots: " + root +
                                    " is not the absolute path of an existing folder below /");
    }
    for (const char* secret : {"/etc", "/proc", "/sys", "/dev", "/run", "/var", "/root"}) {
      if (root == secret) {
        return fail(Errc::config, "sandbox.toolchain_roots: " + root + " must not be in a box");
      }
    }
    if (!last.empty() && (root == last || is_below(root, last)))
      continue;  // already seen through its parent
    table.bind(root, root.substr(1));
    last = root;
  }
  return {};
}

std::string account_file(const TemplateInput& input, bool passwd) {
  std::string text = passwd ? "root:x:0:0:root:/:/usr/sbin/nologin\n" : "root:x:0:\n";
  for (std::uint32_t i = 0; i < input.uid_count; ++i) {
    const std::string id = std::to_string(input.uid_base + i);
    text +=
        passwd ? "box:x:" + id + ":" + id + "::/tmp:/usr/sbin/nologin\n" : "box:x:" + id + ":\n";
  }
  text += passwd ? "nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n" : "nogroup:x:65534:\n";
  return text;
}

// What Debian's packages of language runtimes keep outside of /usr and cannot do without. Each name
// is one package's, readable by everybody on the host, and holds no more than where its parts are.
constexpr std::array kRuntimeFiles{"/etc/ldc2.conf"};
constexpr std::array kRuntimeFolders{"/etc/R", "/etc/gnucobol", "/etc/mono", "/etc/racket",
                                     "/var/lib/ghc"};

// Of each version of PHP its command line's settings and the lists of modules; what its web server
// is told, passwords among it, lies beside them.
std::vector<std::string> php_folders() {
  std::vector<std::string> folders;
  std::error_code error;
  for (const auto& version : fs::directory_iterator{"/etc/php", error}) {
    for (const char* name : {"cli", "mods-available"}) {
      folders.push_back((version.path() / name).string());
    }
  }
  return folders;
}

// Nothing of the host's /etc but what tells programs where things are: library cache, time zone,
// certificates, alternatives, and Debian's configuration of language runtimes.
void synthesise_etc(Table& table, const TemplateInput& input) {
  table.file("etc/passwd", account_file(input, true));
  table.file("etc/group", account_file(input, false));
  table.file("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n");
  table.file("etc/hosts", "127.0.0.1 localhost box\n::1 localhost\n");
  table.file("etc/hostname", "box\n");
  std::vector<std::string> files{"/etc/ld.so.cache", "/etc/localtime"};
  files.insert(files.end(), kRuntimeFiles.begin(), kRuntimeFiles.end());
  for (const std::string& file : files) {
    std::error_code error;
    if (fs::is_regular_file(file, error)) table.file(file.substr(1), read_text_file(file));
  }
  std::error_code error;
  std::vector<std::string> folders{"/etc/alternatives", "/etc/ssl/certs"};
  folders.insert(folders.end(), kRuntimeFolders.begin(), kRuntimeFolders.end());
  for (std::string& folder : php_folders()) folders.push_back(std::move(folder));
  for (const auto& item : fs::directory_iterator{"/etc", error}) {
    const std::string name = item.path().filename().string();
    for (const char* prefix : {"java", "python3", "perl", "clang"}) {
      if (name.rfind(prefix, 0) == 0) folders.push_back(item.path().string());
    }
  }
  std::sort(folders.begin(), folders.end());
  for (const std::string& folder : folders) {
    std::error_code missing;
    if (fs::is_directory(folder, missing) && !fs::is_symlink(folder, missing)) {
      table.bind(folder, folder.substr(1));
    }
  }
}

void devices(Table& table) {
  for (const char* name : {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}) {
    table.device(name);
  }
  table.link("dev/fd", "/proc/self/fd");
  table.link("dev/stdin", "/proc/self/fd/0");
  table.link("dev/stdout", "/proc/self/fd/1");
  table.link("dev/stderr", "/proc/self/fd/2");
}

}  // namespace

Result<std::vector<TemplateEntry>> template_entries(const TemplateInput& input) {
  Table table;
  base_system(table);
  CEX_CHECK(toolchains(table, input.toolchain_roots));
  synthesise_etc(table, input);
  devices(table);
  // Relative, for the folder lies where the launcher itself must not look around.
  if (input.layers) table.bind(".", kLayersPlace + 1, Kind::data);
  // Where a cell mounts what is its own; launcher/init.cpp knows the same names.
  for (const char* place : {".cell", ".proc", "box", "tmp", "proc", "dev/shm"}) table.folder(place);
  table.link("var/tmp", "/tmp");
  return table.take();
}

}  // namespace cex::sandbox
