// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/launch_image.hpp"

#include <cstdint>
#include <cstring>
#include <set>
#include <string>

#include "core/launcher/wire.hpp"
#include "core/sandbox/payload.hpp"

namespace cex::sandbox {
namespace {

void append_entry(std::string& bytes, std::uint32_t mode, const std::string& path,
                  std::string_view content) {
  bytes.resize(static_cast<std::size_t>(wire::align8(bytes.size())));
  wire::ArchiveEntry entry{};
  entry.mode = mode;
  entry.path_size = static_cast<std::uint32_t>(path.size() + 1);
  entry.content_size = content.size();
  bytes.append(reinterpret_cast<const char*>(&entry), sizeof(entry));
  bytes.append(path.c_str(), path.size() + 1);
  bytes.append(content);
}

}  // namespace

Result<UniqueFd> make_image(const SandboxPlan& plan) {
  if (plan.argv.empty() || plan.argv.size() + plan.env.size() > wire::kMaxStrings) {
    return fail(Errc::policy, "step " + plan.step + ": between 1 and " +
                                  std::to_string(wire::kMaxStrings) +
                                  " arguments and variables, please");
  }
  std::string bytes(sizeof(wire::Image), '\0');
  const auto append = [&bytes](const std::string& text) {
    bytes.append(text.c_str(), text.size() + 1);
    return text.find('\0') == std::string::npos;
  };
  bool clean = append(plan.cwd);
  for (const auto& argument : plan.argv) clean = append(argument) && clean;
  for (const auto& variable : plan.env) clean = append(variable) && clean;
  if (!clean) {
    return fail(Errc::policy, "step " + plan.step + ": an argument or variable contains NUL");
  }
  wire::Image head{};
  head.size = static_cast<std::uint32_t>(bytes.size());
  head.argc = static_cast<std::uint32_t>(plan.argv.size());
  head.envc = static_cast<std::uint32_t>(plan.env.size());
  std::memcpy(bytes.data(), &head, sizeof(head));
  return sealed_memfd("cex-image", bytes);
}

Result<UniqueFd> make_archive(const FileSet& files) {
  std::string bytes(sizeof(wire::Archive), '\0');
  wire::Archive head{};
  std::set<std::string> folders;
  for (const auto& file : files) {
    for (auto at = file.path.find('/'); at != std::string::npos; at = file.path.find('/', at + 1)) {
      const std::string folder = file.path.substr(0, at);
      if (!folders.insert(folder).second) continue;
      append_entry(bytes, wire::kFolder, folder, {});
      ++head.count;
    }
    append_entry(bytes, file.executable ? 0755U : 0644U, file.path, *file.content);
    ++head.count;
  }
  head.size = bytes.size();
  std::memcpy(bytes.data(), &head, sizeof(head));
  return sealed_memfd("cex-archive", bytes);
}

}  // namespace cex::sandbox
