// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/native_library.hpp"

#include <fcntl.h>

#include <exception>

#include <boost/dll/shared_library.hpp>

#include "core/base/text.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::plugins {

// The loader knows objects by the name they were opened with, and would give us the old one for an
// upgrade that has taken its place. So each is named by way of a descriptor of its folder, which no
// other has while it is loaded; libraries that lie beside it ($ORIGIN) are found that way, too.
struct NativeLibrary::Loaded {
  UniqueFd folder;
  boost::dll::shared_library object;  // closed first
};

Result<NativeLibrary> NativeLibrary::load(const std::string& path) {
  if (path.empty() || path.front() != '/') {
    return fail(Errc::plugin, "the path of a shared object must be absolute: " + path);
  }
  const auto slash = path.rfind('/');
  const std::string folder = path.substr(0, slash + 1);
  auto loaded = std::make_shared<Loaded>();
  loaded->folder.reset(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!loaded->folder) return fail_errno("open " + folder);
  const std::string door = "/proc/self/fd/" + std::to_string(loaded->folder.get()) + "/";
  try {
    using boost::dll::load_mode::rtld_local;
    using boost::dll::load_mode::rtld_now;
    // Never rtld_deepbind: it splits the C library's state in two, and AddressSanitizer refuses it.
    loaded->object.load(door + path.substr(slash + 1), rtld_now | rtld_local);
    return NativeLibrary{std::move(loaded)};
  } catch (const std::exception& problem) {
    std::string words = problem.what();
    for (auto at = words.find(door); at != std::string::npos; at = words.find(door, at)) {
      words.replace(at, door.size(), folder);
      at += folder.size();
    }
    return fail(Errc::plugin, "cannot be loaded: " + printable(words, 500));
  }
}

const void* NativeLibrary::find(const std::string& symbol) const {
  try {
    if (!loaded_->object.has(symbol)) return nullptr;
    // `get`, not `import_alias`: the alias form adds a level of indirection that is Boost's own.
    return &loaded_->object.get<const unsigned char>(symbol);
  } catch (const std::exception&) {
    return nullptr;  // has() and get() disagree only when the object lacks the symbol
  }
}

}  // namespace cex::plugins
