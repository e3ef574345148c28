// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cex::plugins::jvm {

/// The class in which Kotlin puts the top-level main() of a file: "MainKt", "a.b.MainKt". Empty
/// where that is not plain to see: main() may be in an object, the class may have another name.
/// The text is hostile; it is read in one pass.
[[nodiscard]] std::optional<std::string> kotlin_main_class(std::string_view file,
                                                           std::string_view text);

}  // namespace cex::plugins::jvm
