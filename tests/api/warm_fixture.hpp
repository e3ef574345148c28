// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "tests/api/api_fixture.hpp"

/// What the tests of layers of all languages share.
namespace cex::test {

/// "building", "ready", "failed", ...; "unknown" for a layer that nobody asked for.
[[nodiscard]] std::string layer_state(const Api& api, const std::string& language,
                                      const std::string& id);

/// How a layer ended up: "ready" or "failed", or what it was when time was up.
[[nodiscard]] std::string settled_layer(const Api& api, const std::string& language,
                                        const std::string& id,
                                        std::chrono::seconds limit = std::chrono::seconds{300});

/// Expects the same of two finished jobs in everything that a client can hold against another run.
void expect_same_answers(const json& one, const json& other, const std::string& name);

}  // namespace cex::test
