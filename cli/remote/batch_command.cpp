// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/interrupt.hpp"
#include "cli/remote/api.hpp"
#include "cli/remote/batch_input.hpp"
#include "cli/remote/batch_item.hpp"
#include "cli/remote/job_end.hpp"
#include "cli/remote/waiting.hpp"
#include "cli/table.hpp"

namespace cex::cli {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t kMostAtOnce = 100;                   // what the API takes
constexpr std::size_t kMostBytes = std::size_t{8} << 20U;  // of one request
constexpr std::size_t kLooksAtOnce = 16;                   // at the oldest that have not ended
constexpr milliseconds kPause{100};

class Batch {
 public:
  Batch(RemoteApi& api, std::vector<BatchItem> items, bool draw)
      : api_{api}, items_{std::move(items)}, draw_{draw} {}

  /// False if a signal came first: what had not ended was ended.
  Result<bool> run() {
    while (ended_ < items_.size()) {
      CEX_CHECK(submit_more());
      CEX_CHECK(look());
      draw();
      if (!pause_for(kPause)) {
        CEX_CHECK(drop_rest());
        return false;
      }
    }
    clear();
    return true;
  }

  [[nodiscard]] const std::vector<BatchItem>& items() const { return items_; }

 private:
  // As many as one request takes. A full queue is asked again when it said.
  Result<void> submit_more() {
    if (submitted_ == items_.size() || std::chrono::steady_clock::now() < not_before_) return {};
    std::vector<Json> jobs;
    std::size_t bytes = 0;
    for (std::size_t i = submitted_; i < items_.size() && jobs.size() < at_once_; ++i) {
      bytes += items_[i].request.dump().size();
      if (bytes > kMostBytes && !jobs.empty()) break;
      jobs.push_back(items_[i].request);
    }
    auto made = api_.submit(jobs);
    if (!made && made.error().retry_after_s > 0 &&
        (made.error().code == Errc::queue_full || made.error().code == Errc::not_ready)) {
      // A batch is taken as a whole or not at all, so a smaller one may find room.
      at_once_ = std::max<std::size_t>(at_once_ / 2, 1);
      not_before_ =
          std::chrono::steady_clock::now() + std::chrono::seconds{made.error().retry_after_s};
      return {};
    }
    if (!made) return tl::unexpected(std::move(made).error());
    if (made->size() != jobs.size()) return fail(Errc::not_ready, "the server made other jobs");
    for (Json& job : *made) {
      BatchItem& item = items_[submitted_++];
      item.id = job.value("id", "");
      item.job = std::move(job);
    }
    return {};
  }

  Result<void> look() {
    std::size_t looked = 0;
    for (std::size_t i = first_open_; i < submitted_ && looked < kLooksAtOnce; ++i) {
      BatchItem& item = items_[i];
      if (!has_ended(item.job)) {
        ++looked;
        CEX_TRY(item.job, api_.job(item.id));
        if (has_ended(item.job)) {
          ++ended_;
          if (status_of(item.job) != "ok") ++failed_;
        }
      }
      if (i == first_open_ && has_ended(item.job)) ++first_open_;
    }
    return {};
  }

  Result<void> drop_rest() {
    clear();
    for (std::size_t i = 0; i < submitted_; ++i) {
      if (!has_ended(items_[i].job)) CEX_CHECK(api_.remove(items_[i].id));
    }
    return {};
  }

  void draw() const {
    if (!draw_) return;
    constexpr int kWidth = 30;
    const int filled = static_cast<int>(kWidth * ended_ / items_.size());
    std::printf("\r[%s%s] %zu/%zu done, %zu not ok, %zu not submitted ",
                std::string(static_cast<std::size_t>(filled), '#').c_str(),
                std::string(static_cast<std::size_t>(kWidth - filled), '.').c_str(), ended_,
                items_.size(), failed_, items_.size() - submitted_);
    std::fflush(stdout);
  }
  void clear() const {
    if (draw_) std::printf("\r\x1b[K");
  }

  RemoteApi& api_;
  std::vector<BatchItem> items_;
  bool draw_;
  std::size_t at_once_{kMostAtOnce};
  std::size_t submitted_{0};
  std::size_t first_open_{0};
  std::size_t ended_{0};
  std::size_t failed_{0};
  std::chrono::steady_clock::time_point not_before_;
};

void print_json(const std::vector<BatchItem>& items) {
  Json list = Json::array();
  for (const BatchItem& item : items) list.push_back({{"name", item.name}, {"job", item.job}});
  std::printf("%s\n", Json{{"jobs", std::move(list)}}.dump(2).c_str());
}

void print_table(const std::vector<BatchItem>& items) {
  const bool colours = has_colours();
  std::vector<std::vector<std::string>> rows{{"NAME", "JOB", "WALL MS", "STATUS"}};
  for (const BatchItem& item : items) {
    double wall = 0;
    for (const Json& run : item.job.value("runs", Json::array())) wall += run.value("wall_ms", 0.0);
    const std::string status = status_of(item.job);
    const char* const colour = status == "ok" ? "\x1b[32m" : "\x1b[31m";
    rows.push_back({item.name, item.id, std::to_string(static_cast<long>(wall)),
                    colours ? colour + status + "\x1b[0m" : status});
  }
  std::fputs(as_table(rows).c_str(), stdout);
}

Result<int> run_batch(const BatchCommand& command) {
  CEX_TRY(HttpClient client, HttpClient::open(command.server));
  RemoteApi api{std::move(client)};
  CEX_TRY(const auto languages, api.languages());
  CEX_TRY(auto items, read_batch(command.path, languages));
  Batch batch{api, std::move(items), is_screen() && !command.json};
  CEX_TRY(const bool whole, batch.run());
  if (!whole) return kExitSignal + interrupted();
  if (command.json) {
    print_json(batch.items());
  } else {
    print_table(batch.items());
  }
  const bool all_ok = std::all_of(batch.items().begin(), batch.items().end(),
                                  [](const auto& item) { return status_of(item.job) == "ok"; });
  return all_ok ? kExitOk : kExitFailure;
}

}  // namespace

int batch(const BatchCommand& command) {
  watch_for_interrupts();
  const auto status = run_batch(command);
  return status ? *status : complain(status.error());
}

}  // namespace cex::cli
