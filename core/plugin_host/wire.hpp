// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// What the server and cex-plugin-host, the process of one plugin, say to each other. Both are of
/// one build, so this may change at will; but the server believes nothing: the plugin may have
/// taken the process over.
namespace cex::plugin_host {

/// Descriptors of a new cex-plugin-host.
inline constexpr int kSocketFd = 3;  ///< stream socket: frames in both directions
inline constexpr int kObjectFd = 4;  ///< the plugin's shared object, sealed
inline constexpr int kLeashFd = 5;   ///< socket that only closes, when the server is gone

/// A frame is its payload's length (u32), its type (u8) and the payload, made by Packer.
enum class Frame : std::uint8_t {
  table = 1,    ///< to the server, first: the head of the plugin's function table
  trouble = 2,  ///< to the server, instead of it: why there is none
  call = 3,     ///< to the plugin: a Call and its request
  record = 4,   ///< to the server, any number in a call: what the plugin emitted
  error = 5,    ///< to the server: the plugin's own words about a failure
  log = 6,      ///< to the server: a line for its log
  done = 7,     ///< to the server: the status that ends the call
};

enum class Call : std::uint8_t { open = 1, describe = 2, recognise = 3, plan = 4, diagnose = 5 };

/// More than the largest request that the core makes: 1000 files with the first 64 KiB of each.
inline constexpr std::size_t kMaxFrame = std::size_t{96} << 20U;

}  // namespace cex::plugin_host
