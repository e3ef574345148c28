// SPDX-License-Identifier: Apache-2.0

// What launcher and job process read from memfds: payload, archive and image. The input: a byte
// that tells which, seven that are passed over (the blocks start at a page), then the block.
#include <cstdint>
#include <cstring>
#include <memory>

#include "core/launcher/parse.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using cex::fuzz::require;
namespace launcher = cex::launcher;
namespace wire = cex::wire;

constexpr std::size_t kLead = 8;

// Touches every byte that a reader may look at, so that a sanitizer sees what lies outside.
std::uint64_t sum(const unsigned char* at, std::uint64_t size) {
  std::uint64_t total = 0;
  for (std::uint64_t i = 0; i < size; ++i) total += at[i];
  return total;
}
std::uint64_t sum(const char* text) {
  return std::strlen(text);
}

std::uint64_t read_payload(const unsigned char* block, std::uint64_t size) {
  if (!launcher::payload_is_sound(block, size)) return 0;
  const auto& head = *reinterpret_cast<const wire::Payload*>(block);
  const auto* records = reinterpret_cast<const wire::MountRecord*>(block + head.mounts_at);
  std::uint64_t total =
      sum(block + head.run_filter_at, std::uint64_t{head.run_filter_count} * 8) +
      sum(block + head.compile_filter_at, std::uint64_t{head.compile_filter_count} * 8);
  for (std::uint32_t i = 0; i < head.mount_count; ++i) {
    total += sum(reinterpret_cast<const char*>(block + records[i].source_at)) +
             sum(reinterpret_cast<const char*>(block + records[i].target_at)) +
             sum(block + records[i].data_at, records[i].data_size);
  }
  return total;
}

std::uint64_t read_archive(const unsigned char* block, std::uint64_t size) {
  launcher::ArchiveReader reader{block, size};
  if (!reader.good()) return 0;
  std::uint64_t total = 0;
  launcher::ArchiveItem item;
  for (std::uint32_t i = 0; i < reader.count() && reader.next(item); ++i) {
    total += sum(item.path) + sum(item.content, item.content_size);
  }
  return total;
}

std::uint64_t read_image(const unsigned char* block, std::uint64_t size) {
  static launcher::Command command;
  if (!launcher::read_image(block, size, command)) return 0;
  const auto& head = *reinterpret_cast<const wire::Image*>(block);
  std::uint64_t total = sum(command.cwd);
  for (std::uint32_t i = 0; i < head.argc; ++i) total += sum(command.argv[i]);
  require(command.argv[head.argc] == nullptr, "arguments end in NULL");
  for (std::uint32_t i = 0; i < head.envc; ++i) total += sum(command.envp[i]);
  require(command.envp[head.envc] == nullptr, "variables end in NULL");
  return total;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size <= kLead) return 0;
  const std::size_t length = size - kLead;
  // A fresh block of that very size, aligned as a page is: the fuzzer's own may start anywhere.
  const std::unique_ptr<unsigned char[]> block{new unsigned char[length]};
  std::memcpy(block.get(), data + kLead, length);
  static volatile std::uint64_t sink;
  switch (data[0]) {
    case 'p':
      sink = read_payload(block.get(), length);
      break;
    case 'a':
      sink = read_archive(block.get(), length);
      break;
    case 'i':
      sink = read_image(block.get(), length);
      break;
    default:
      return -1;  // no use in the corpus
  }
  static_cast<void>(sink);
  return 0;
}
