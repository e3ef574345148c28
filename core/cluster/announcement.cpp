// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/announcement.hpp"

#include "core/storage/archive.hpp"
#include "core/storage/cbor_shape.hpp"

namespace cex::storage {

template <>
inline constexpr auto kLastOf<langspec::Option::Kind> = langspec::Option::Kind::runtime_argument;

}  // namespace cex::storage

// In the namespaces of the types, so that the archive finds them.
namespace cex {

template <class Archive>
void fields(Archive& a, PluginInfo& plugin) {
  a("id", plugin.id);
  a("version", plugin.version);
  a("kind", plugin.kind);
  a("sha256", plugin.sha256);
}

namespace langspec {

template <class Archive>
void fields(Archive& a, Language& language) {
  a("id", language.id);
  a("name", language.name);
  a("family", language.family);
  a("aliases", language.aliases);
  a("extensions", language.extensions);
  a("default_file", language.default_file);
  a("editor_mode", language.editor_mode);
  a("hello", language.hello);
  a("compiled", language.compiled);
}

template <class Archive>
void fields(Archive& a, Option& option) {
  a("language", option.language);
  a("id", option.id);
  a("default", option.default_value);
  a("allowed", option.allowed);
  a("kind", option.kind);
}

template <class Archive>
void fields(Archive& a, Toolchain& toolchain) {
  a("id", toolchain.id);
  a("executable", toolchain.executable);
  a("version", toolchain.version);
  a("label", toolchain.label);
  a("languages", toolchain.languages);
  a("paths", toolchain.read_only_paths);
}

}  // namespace langspec

namespace cluster {

template <class Archive>
void fields(Archive& a, AnnouncedLanguage& language) {
  a("language", language.language);
  a("options", language.options);
  a("toolchains", language.toolchains);
  a("tools", language.tools);
  a("reason", language.reason);
  a("plugin", language.plugin);
}

std::string encode(const Announcement& announcement) {
  std::string bytes;
  nlohmann::json::to_cbor(storage::Writer::encode(announcement), bytes);
  return bytes;
}

Result<Announcement> decode_announcement(std::string_view bytes) {
  if (!storage::is_shallow_cbor(bytes)) return fail(Errc::internal, "not an announcement");
  try {
    Announcement announcement;
    storage::Reader::decode(nlohmann::json::from_cbor(bytes), announcement);
    for (const AnnouncedLanguage& language : announcement) {
      if (language.language.id.empty() || language.plugin.id.empty()) {
        return fail(Errc::internal, "an announcement without a name");
      }
    }
    return announcement;
  } catch (const std::exception& error) {
    return fail(Errc::internal, "an announcement cannot be read: " + std::string{error.what()});
  }
}

}  // namespace cluster
}  // namespace cex
