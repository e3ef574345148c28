// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/native_library.hpp"

#include <exception>

#include <boost/dll/shared_library.hpp>

#include "core/base/text.hpp"

namespace cex::plugins {

struct NativeLibrary::Loaded {
  boost::dll::shared_library object;
};

Result<NativeLibrary> NativeLibrary::load(const std::string& path) {
  if (path.empty() || path.front() != '/') {
    return fail(Errc::plugin, "the path of a shared object must be absolute: " + path);
  }
  try {
    using boost::dll::load_mode::rtld_local;
    using boost::dll::load_mode::rtld_now;
    // Never rtld_deepbind: it splits the C library's state in two, and AddressSanitizer refuses it.
    auto loaded = std::make_shared<Loaded>();
    loaded->object.load(path, rtld_now | rtld_local);
    return NativeLibrary{std::move(loaded)};
  } catch (const std::exception& problem) {
    return fail(Errc::plugin, "cannot be loaded: " + printable(problem.what(), 500));
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
