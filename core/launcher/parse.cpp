// SPDX-License-Identifier: Apache-2.0
#include "core/launcher/parse.hpp"

#include "core/launcher/raw.hpp"

namespace cex::launcher {
namespace {

constexpr std::uint32_t kMaxFilter = 4096;  // what the kernel takes (BPF_MAXINSNS)

bool within(std::uint64_t at, std::uint64_t size, std::uint64_t total) {
  return at <= total && size <= total - at;
}

bool filter_is_sound(std::uint32_t at, std::uint32_t count, std::uint64_t total) {
  return count > 0 && count <= kMaxFilter && at % 8 == 0 &&
         within(at, std::uint64_t{count} * 8, total);
}

}  // namespace

bool payload_is_sound(const unsigned char* payload, std::uint64_t size) {
  if (size < sizeof(wire::Payload) || payload[size - 1] != '\0') return false;
  const auto& head = *reinterpret_cast<const wire::Payload*>(payload);
  if (head.magic != wire::kMagic || head.size != size || head.mount_count > wire::kMaxMounts ||
      head.mounts_at % alignof(wire::MountRecord) != 0 ||
      !within(head.mounts_at, std::uint64_t{head.mount_count} * sizeof(wire::MountRecord), size) ||
      !filter_is_sound(head.run_filter_at, head.run_filter_count, size) ||
      !filter_is_sound(head.compile_filter_at, head.compile_filter_count, size)) {
    return false;
  }
  const auto* records = reinterpret_cast<const wire::MountRecord*>(payload + head.mounts_at);
  for (std::uint32_t i = 0; i < head.mount_count; ++i) {
    if (records[i].source_at >= size || records[i].target_at >= size ||
        !within(records[i].data_at, records[i].data_size, size)) {
      return false;
    }
  }
  return true;
}

ArchiveReader::ArchiveReader(const unsigned char* archive, std::uint64_t size)
    : archive_{archive}, size_{size}, at_{wire::align8(sizeof(wire::Archive))} {
  good_ = false;
  if (size < sizeof(wire::Archive)) return;
  const auto& head = *reinterpret_cast<const wire::Archive*>(archive);
  good_ = head.magic == wire::kMagic && head.size == size;
  count_ = head.count;
}

bool ArchiveReader::next(ArchiveItem& item) {
  if (!good_ || !within(at_, sizeof(wire::ArchiveEntry), size_)) return false;
  const auto& entry = *reinterpret_cast<const wire::ArchiveEntry*>(archive_ + at_);
  const std::uint64_t path_at = at_ + sizeof(entry);
  const std::uint64_t left = size_ - path_at;
  if (entry.path_size == 0 || entry.path_size > left ||
      entry.content_size > left - entry.path_size ||
      archive_[path_at + entry.path_size - 1] != '\0') {
    return false;
  }
  item.mode = entry.mode;
  item.path = reinterpret_cast<const char*>(archive_ + path_at);
  item.content = archive_ + path_at + entry.path_size;
  item.content_size = entry.content_size;
  at_ = wire::align8(path_at + entry.path_size + entry.content_size);
  return true;
}

bool read_image(const unsigned char* image, std::uint64_t size, Command& command) {
  if (size < sizeof(wire::Image) || image[size - 1] != '\0') return false;
  const auto& head = *reinterpret_cast<const wire::Image*>(image);
  if (head.magic != wire::kMagic || head.size != size || head.argc == 0 ||
      std::uint64_t{head.argc} + head.envc > wire::kMaxStrings) {
    return false;
  }
  const char* at = reinterpret_cast<const char*>(image + sizeof(head));
  const char* const end = reinterpret_cast<const char*>(image + size);
  const auto next = [&]() -> const char* {
    const char* text = at;
    if (at < end) at += raw::length(at) + 1;
    return text < end ? text : nullptr;
  };
  command.cwd = next();
  std::uint32_t slot = 0;
  for (std::uint32_t i = 0; i < head.argc; ++i) command.argv[slot++] = next();
  command.argv[slot++] = nullptr;
  command.envp = &command.argv[slot];
  for (std::uint32_t i = 0; i < head.envc; ++i) command.argv[slot++] = next();
  command.argv[slot] = nullptr;
  return command.cwd != nullptr && command.argv[head.argc - 1] != nullptr &&
         (head.envc == 0 || command.envp[head.envc - 1] != nullptr);
}

}  // namespace cex::launcher
