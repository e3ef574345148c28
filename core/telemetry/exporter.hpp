// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/telemetry/otlp.hpp"
#include "core/telemetry/span.hpp"

namespace cex::outbound {
class HttpClient;
struct Response;
}  // namespace cex::outbound

namespace cex::telemetry {

struct ExporterSettings {
  std::string endpoint;  ///< base address of a collector; empty: spans go nowhere
  std::string ca_file;   ///< empty: the system's
  Resource resource;
  std::size_t queue{2048};
  std::size_t batch{512};
  std::chrono::milliseconds interval{5'000};     ///< a span waits no longer than this for others
  std::chrono::milliseconds timeout{10'000};     ///< of one request
  std::chrono::milliseconds retry_delay{1'000};  ///< doubles with each failure, to a minute
  std::uint32_t max_tries{5};                    ///< of one batch
  std::chrono::milliseconds last_words{2'000};   ///< what the destructor waits for the last batch
};

/// Sends spans to a collector, in batches, on a thread of its own. What a collector does costs
/// nobody anything but spans: those that do not fit into the queue are dropped and counted.
/// Thread-safe.
class Exporter {
 public:
  explicit Exporter(ExporterSettings settings);
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  [[nodiscard]] bool enabled() const noexcept { return !url_.empty(); }
  void add(Span span);

  struct Counts {
    std::uint64_t exported{0};
    std::uint64_t dropped{0};  ///< no room, or refused by the collector, or tried often enough
    std::uint64_t waiting{0};
  };
  [[nodiscard]] Counts counts() const;

 private:
  enum class Outcome : std::uint8_t { taken, refused, later };

  void work();
  [[nodiscard]] std::vector<Span> next_batch();
  void send(outbound::HttpClient& client, const std::vector<Span>& batch);
  [[nodiscard]] Outcome post(outbound::HttpClient& client, const std::string& body,
                             std::optional<std::chrono::seconds>& retry_after) const;
  /// False: the exporter ends, and there is no time to wait.
  [[nodiscard]] bool pause(std::chrono::milliseconds time);

  const ExporterSettings settings_;
  std::string url_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Span> queue_;
  Counts counts_;
  bool stopping_{false};
  std::atomic<bool> hurry_{false};  ///< ends a request that is under way
  std::thread thread_;              // last: it uses all of the above
};

}  // namespace cex::telemetry
