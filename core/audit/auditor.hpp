// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/config/config.hpp"
#include "core/model/audit_record.hpp"

namespace cex::audit {

/// The hash-chained log below one folder: `audit-000001.jsonl`, ..., the signed `head.json`, the
/// key that signs it (`key.pem`, made at the first start) and its public half (`key.pub`).
///
/// Fails closed: when a record cannot be written, that call and every later one fails until the log
/// is opened anew. All calls are thread-safe.
class Auditor {
 public:
  /// Makes the folder (0700) where it is missing, takes its lock, verifies the end of the chain
  /// against the signed head, sets a torn last line aside, and writes `started` (and `recovered`
  /// where there was something to say). Errors: audit, with what to do; system.
  [[nodiscard]] static Result<std::unique_ptr<Auditor>> open(const std::string& directory,
                                                             const config::AuditSettings& settings);

  ~Auditor();
  Auditor(const Auditor&) = delete;
  Auditor& operator=(const Auditor&) = delete;

  /// Writes one record; sets its sequence and time. With AuditSync::always it returns after the
  /// record is on the disk (records of several threads share one fdatasync), else after write(2).
  [[nodiscard]] Result<void> append(AuditRecord record);

  struct Status {
    std::uint64_t sequence{0};         ///< of the last record
    std::string hash;                  ///< of the last record: the head of the chain
    std::uint64_t unsynced{0};         ///< records that are not on the disk yet
    std::chrono::milliseconds lag{0};  ///< for how long the oldest of them is not
  };
  [[nodiscard]] Status status() const;

  /// An error if the log has failed: what a readiness check shows.
  [[nodiscard]] Result<void> health() const;

  /// Writes `stopped`, syncs, signs the head. Later appends fail. The destructor calls it too, but
  /// cannot tell what went wrong.
  Result<void> close();

 private:
  struct State;
  explicit Auditor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cex::audit
