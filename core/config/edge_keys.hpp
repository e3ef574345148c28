// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/config/keys.hpp"

namespace cex::config {

/// The keys of what meets others than clients: receivers of webhooks, issuers of tokens, a
/// collector of traces.
void add_edges(std::vector<Key>& table);

}  // namespace cex::config
