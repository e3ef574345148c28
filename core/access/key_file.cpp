// SPDX-License-Identifier: Apache-2.0
#include "core/access/key_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include <nlohmann/json.hpp>

#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::access {
namespace {

constexpr std::size_t kPepperBytes = 32;
constexpr int kFormat = 1;

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

/// What root makes in the server's folder is the server's.
Result<void> give_to_owner(const std::string& folder, int file, const std::string& name) {
  if (::geteuid() != 0) return {};
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return fail_errno(folder);
  if (::fchown(file, status.st_uid, status.st_gid) != 0) return fail_errno(name);
  return {};
}

/// A new file with the folder's owner in the place of `path`, on the disk when this returns.
Result<void> replace(const std::string& folder, const std::string& path, std::string_view text) {
  const std::string next = path + ".new";
  const UniqueFd file{
      ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!file) return fail_errno(next);
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  if (written < 0) return fail_errno(next);
  if (static_cast<std::size_t>(written) != text.size()) {
    return fail(Errc::system, next + ": could not be written whole");
  }
  CEX_CHECK(give_to_owner(folder, file.get(), next));
  if (::fsync(file.get()) != 0) return fail_errno(next);
  if (::rename(next.c_str(), path.c_str()) != 0) return fail_errno(path);
  const UniqueFd parent{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!parent || ::fsync(parent.get()) != 0) return fail_errno(folder);
  return {};
}

// Who could read the pepper can test guesses; who could write the keys can make one.
Result<void> check_private(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return fail_errno(path);
  constexpr mode_t kOthers = 077;
  if ((status.st_mode & kOthers) == 0) return {};
  return fail(Errc::config, path + ": others may read or write it; chmod 600 " + path);
}

}  // namespace

Result<std::string> KeyFile::pepper() const {
  CEX_CHECK(check_private(path("pepper")));
  std::string text = read_text_file(path("pepper"));
  while (text.ends_with('\n')) text.pop_back();
  if (text.size() < kPepperBytes) {
    return fail(Errc::config, path("pepper") + ": cannot be read, or is too short");
  }
  return text;
}

Result<std::vector<KeyRecord>> KeyFile::read() const {
  const std::string name = path("keys.json");
  std::vector<KeyRecord> records;
  if (!exists(name)) return records;
  CEX_CHECK(check_private(name));
  const auto document = parse_json(read_text_file(name));
  if (!document) return fail(Errc::config, name + ": " + document.error().message);
  if (!document->is_object() || document->value("format", 0) != kFormat ||
      !document->contains("keys") || !document->at("keys").is_array()) {
    return fail(Errc::config, name + ": not a key file of this version");
  }
  for (const auto& value : document->at("keys")) {
    auto record = key_record_of(value);
    if (!record) return in(name, record.error());
    records.push_back(*std::move(record));
  }
  return records;
}

Result<std::shared_ptr<const KeyRing>> KeyFile::ring() const {
  CEX_TRY(auto records, read());
  if (records.empty()) return std::make_shared<const KeyRing>();
  CEX_TRY(auto secret, pepper());
  return std::make_shared<const KeyRing>(std::move(secret), std::move(records));
}

Result<void> KeyFile::change(
    const std::function<Result<void>(const std::string& pepper, std::vector<KeyRecord>&)>& edit) {
  const UniqueFd lock{
      ::open(path("keys.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!lock) return fail_errno(path("keys.lock"));
  CEX_CHECK(give_to_owner(folder_, lock.get(), path("keys.lock")));
  if (::flock(lock.get(), LOCK_EX) != 0) return fail_errno(path("keys.lock"));
  if (!exists(path("pepper"))) {
    CEX_CHECK(replace(folder_, path("pepper"), random_hex(kPepperBytes)));
  }
  CEX_TRY(const std::string secret, pepper());
  CEX_TRY(auto records, read());
  CEX_CHECK(edit(secret, records));
  nlohmann::json document{{"format", kFormat}, {"keys", nlohmann::json::array()}};
  for (const KeyRecord& record : records) document["keys"].push_back(to_json_value(record));
  return replace(folder_, path("keys.json"), dump_json_pretty(document) + "\n");
}

std::string KeyFile::stamp() const {
  struct stat status {};
  if (::stat(path("keys.json").c_str(), &status) != 0) return {};
  // A replaced file is another inode, whatever the clock says; a number that is free again may come
  // back within a tick of it, but not with as many keys.
  return std::to_string(status.st_ino) + "." + std::to_string(status.st_size) + "." +
         std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

}  // namespace cex::access
