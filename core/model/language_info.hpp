// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/limits.hpp"

namespace cex {

/// What `/v1/languages` says of one language.
struct LanguageInfo {
  struct Version {
    std::string version;
    std::string toolchain;  ///< label or id
    bool is_default{false};
  };
  struct Option {
    std::string id;
    std::string default_value;
    std::vector<std::string> allowed;
  };
  /// What was made ahead for one of its toolchains.
  struct Layer {
    std::string id;
    std::string toolchain;  ///< id
    std::string state;      ///< "ready", "building" or "failed"
    std::uint64_t bytes{0};
    std::string reason;  ///< where it failed
  };
  /// Programs of one kind that were started ahead.
  struct Preboot {
    std::string step;       ///< that it is for
    std::string toolchain;  ///< id
    std::uint32_t waiting{0};
    std::uint32_t wanted{0};
    std::uint64_t bytes{0};  ///< memory of those that wait
    std::string reason;      ///< why the last one failed
  };
  std::string id;
  std::string name;
  std::string family;
  std::vector<std::string> aliases;
  std::vector<Version> versions;  ///< newest first
  std::vector<std::string> extensions;
  std::string default_file;
  std::string editor_mode;
  std::string hello;
  bool compiled{false};
  std::vector<Option> options;
  std::vector<std::string>
      compile_arguments;  ///< exact arguments or patterns with one trailing `*`
  std::string plugin;
  std::string plugin_version;
  Limits default_limits;
  Limits max_limits;
  std::string warm_up{"off"};  ///< the mode
  std::vector<Layer> layers;
  std::vector<Preboot> preboots;
  bool usable{false};
  std::string reason;  ///< where not usable
};

/// What `/v1/plugins` says of one plugin.
struct PluginInfo {
  std::string id;
  std::string version;
  std::string kind;   ///< "native" or "declarative"
  std::string state;  ///< "loaded", "shadowed", "refused" or "disabled"
  std::string reason;
  std::string path;
  std::string sha256;    ///< of the object or JSON file
  bool isolated{false};  ///< it has a process of its own
  std::vector<std::string> languages;
  bool operator==(const PluginInfo&) const = default;
};

/// One line of `/readyz` or `cex doctor`.
struct HealthCheck {
  enum class State : std::uint8_t { ok, degraded, failed };
  std::string name;
  State state{State::ok};
  std::string detail;
  std::string remedy;  ///< what to do about it; empty if ok
};

}  // namespace cex
