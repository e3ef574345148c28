// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace cex::testkit {

/// Forbids this process (all its threads) every system call but memory, futex, read, write and
/// exit. A forbidden call writes a sentence naming its number to `last_words_fd` and ends the
/// process. Answers false where the kernel has no seccomp filters. There is no way back.
[[nodiscard]] bool lock_down(int last_words_fd);

}  // namespace cex::testkit
