// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/audit_record.hpp"
#include "core/model/file_set.hpp"
#include "core/model/outcome.hpp"
#include "core/model/sandbox_plan.hpp"
#include "core/supervise/cancel_token.hpp"
#include "core/supervise/console.hpp"

namespace cex::engine {

/// What the engine needs of the floors below, as interfaces that it owns itself; engine/adapters
/// meet them. So nothing below looks up, and the pipeline is tested with a fake runner, without
/// root.

/// Files ready to be written into boxes, as often as wanted (the tests of one job share one).
class PreparedFiles {
 public:
  virtual ~PreparedFiles() = default;
};

/// A program that was started ahead and waits for its job in a box of its own. Dropping it ends it.
class BootedBox {
 public:
  virtual ~BootedBox() = default;
  [[nodiscard]] virtual bool waits() const = 0;  ///< it has not died meanwhile
  [[nodiscard]] virtual std::uint64_t memory_bytes() const = 0;
};

struct BoxOrder {
  const SandboxPlan& plan;
  const PreparedFiles& files;
  std::string_view input;
  std::vector<std::string> outputs;                         ///< globs of files to bring back
  std::function<void(bool err, std::string_view)> observe;  ///< output as it comes; may be empty
  BootedBox* booted{nullptr};            ///< takes the job over, once; borrowed. Null: a fresh box
  supervise::Console* console{nullptr};  ///< who speaks to it while it runs; borrowed, may be null
};

/// Runs one step in a box of its own. Thread-safe; blocks until the step has ended.
class BoxRunner {
 public:
  virtual ~BoxRunner() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<PreparedFiles>> prepare(const FileSet& files) = 0;
  [[nodiscard]] virtual StepOutcome run(const BoxOrder& order,
                                        const supervise::CancelToken& cancel) = 0;
  /// Starts the plan's program ahead, in a slot that is free now. Errors: not_ready if there is
  /// none; internal or system, with why it did not come to its gate.
  [[nodiscard]] virtual Result<std::unique_ptr<BootedBox>> boot(
      const SandboxPlan& plan, const supervise::CancelToken& cancel) = 0;
};

/// How far the audit log is.
struct AuditStatus {
  std::uint64_t sequence{0};  ///< of the last record
  std::string hash;           ///< of the last record: the head of the chain
  std::uint64_t unsynced{0};  ///< records that are not on the disk yet
  double lag_s{0};            ///< for how long the oldest of them is not
  std::uint64_t lost{0};      ///< records that could not be written, where jobs go on without
};

/// Takes audit records; an error means that the record is not safe, and the job must not go on.
class AuditLog {
 public:
  virtual ~AuditLog() = default;
  [[nodiscard]] virtual AuditStatus status() const = 0;
  [[nodiscard]] virtual Result<void> append(AuditRecord record) = 0;
  [[nodiscard]] virtual Result<void> health() const = 0;
  virtual void close() = 0;
};

}  // namespace cex::engine
