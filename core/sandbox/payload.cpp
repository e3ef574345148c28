// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/payload.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "core/launcher/wire.hpp"

namespace cex::sandbox {
namespace {

class Blob {
 public:
  explicit Blob(std::size_t header) : bytes_(header, '\0') {}

  // Offsets are multiples of 8, so that the launcher can read structs in place.
  std::uint32_t append(std::string_view data) {
    bytes_.resize(static_cast<std::size_t>(wire::align8(bytes_.size())));
    const auto at = static_cast<std::uint32_t>(bytes_.size());
    bytes_ += data;
    return at;
  }
  std::uint32_t append_text(const std::string& text) {
    return append(std::string_view{text.c_str(), text.size() + 1});
  }
  [[nodiscard]] std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

wire::MountKind to_wire(TemplateEntry::Kind kind) {
  switch (kind) {
    case TemplateEntry::Kind::folder:
      return wire::MountKind::folder;
    case TemplateEntry::Kind::read_only:
      return wire::MountKind::read_only;
    case TemplateEntry::Kind::device:
      return wire::MountKind::device;
    case TemplateEntry::Kind::file:
      return wire::MountKind::file;
    case TemplateEntry::Kind::link:
      return wire::MountKind::link;
    case TemplateEntry::Kind::data:
      return wire::MountKind::data;
  }
  return wire::MountKind::folder;
}

}  // namespace

Result<UniqueFd> sealed_memfd(const char* name, const std::string& bytes) {
  UniqueFd file{::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (!file) return fail_errno("memfd_create");
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t written = ::write(file.get(), bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail_errno("write(memfd)");
    done += static_cast<std::size_t>(written);
  }
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return fail_errno("seal(memfd)");
  return file;
}

Result<UniqueFd> make_payload(const std::vector<TemplateEntry>& entries, const Filters& filters) {
  Blob blob{sizeof(wire::Payload)};
  std::vector<wire::MountRecord> records;
  records.reserve(entries.size());
  for (const auto& entry : entries) {
    wire::MountRecord record{};
    record.kind = to_wire(entry.kind);
    record.source_at = blob.append_text(entry.source);
    record.target_at = blob.append_text(entry.target);
    record.data_at = blob.append(entry.data);
    record.data_size = static_cast<std::uint32_t>(entry.data.size());
    records.push_back(record);
  }
  wire::Payload head{};
  head.mount_count = static_cast<std::uint32_t>(records.size());
  head.mounts_at = blob.append(
      {reinterpret_cast<const char*>(records.data()), records.size() * sizeof(wire::MountRecord)});
  head.run_filter_at = blob.append(filters.run);
  head.run_filter_count = static_cast<std::uint32_t>(filters.run.size() / 8);
  head.compile_filter_at = blob.append(filters.compile);
  head.compile_filter_count = static_cast<std::uint32_t>(filters.compile.size() / 8);
  blob.append_text("");  // the payload ends in NUL, so that no text in it can run over its end
  head.size = static_cast<std::uint32_t>(blob.bytes().size());
  std::memcpy(blob.bytes().data(), &head, sizeof(head));
  return sealed_memfd("cex-payload", blob.bytes());
}

}  // namespace cex::sandbox
