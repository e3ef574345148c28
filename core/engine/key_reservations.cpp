// SPDX-License-Identifier: Apache-2.0
#include "core/engine/key_reservations.hpp"

#include <chrono>

namespace cex::engine {

Result<std::optional<std::vector<std::string>>> KeyReservations::reserve(
    const std::string& tenant, const IdempotencyKey& idempotency) {
  {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return reserved_.emplace(tenant, idempotency.key).second; });
  }
  const auto found = journal_.find_key(tenant, idempotency.key, std::chrono::system_clock::now());
  if (found && !*found) return std::nullopt;
  release(tenant, idempotency);
  if (!found) return tl::unexpected(found.error());
  if ((*found)->body_sha256 != idempotency.body_sha256) {
    return fail(Errc::conflict,
                "this Idempotency-Key was used for another request; take a new one");
  }
  return (*found)->jobs;
}

void KeyReservations::release(const std::string& tenant, const IdempotencyKey& idempotency) {
  {
    const std::lock_guard lock{mutex_};
    reserved_.erase({tenant, idempotency.key});
  }
  changed_.notify_all();
}

}  // namespace cex::engine
