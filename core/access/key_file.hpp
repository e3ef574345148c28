// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/access/key_ring.hpp"

namespace cex::access {

/// The keys of a server on its disk: `folder`/keys.json and `folder`/pepper, both for their owner
/// alone. The server reads them, `cex key` changes them. Whoever copies keys.json without the
/// pepper cannot even test guesses.
class KeyFile {
 public:
  /// `folder` is the server's data folder; nothing is touched before the first change().
  explicit KeyFile(std::string folder) : folder_{std::move(folder)} {}

  /// Errors: Errc::config for a damaged file, Errc::system. No file is no keys.
  [[nodiscard]] Result<std::vector<KeyRecord>> read() const;
  [[nodiscard]] Result<std::shared_ptr<const KeyRing>> ring() const;
  /// Lets `change` work on the keys and puts the outcome in the place of the file; another change
  /// waits. The files get the owner of the folder, so that root may do this for the server.
  [[nodiscard]] Result<void> change(
      const std::function<Result<void>(const std::string& pepper, std::vector<KeyRecord>&)>& edit);

  /// Changes with every change of the file; for asking cheaply whether to read again.
  [[nodiscard]] std::string stamp() const;

 private:
  [[nodiscard]] Result<std::string> pepper() const;
  [[nodiscard]] std::string path(const char* name) const { return folder_ + "/" + name; }

  std::string folder_;
};

}  // namespace cex::access
