// SPDX-License-Identifier: Apache-2.0
#include "core/telemetry/exporter.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

#include "core/base/log.hpp"
#include "core/outbound/http_client.hpp"
#include "core/outbound/url.hpp"

namespace cex::telemetry {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestPause{60'000};
constexpr std::size_t kMaxAnswer = std::size_t{64} << 10U;

std::string traces_url(std::string endpoint) {
  while (endpoint.ends_with('/')) endpoint.pop_back();
  if (endpoint.empty()) return {};
  const auto url = outbound::parse_url(endpoint + "/v1/traces");
  if (url) return url->text();
  log::error("traces go nowhere: the endpoint is no address of the web",
             {{"reason", url.error().message}});
  return {};
}

}  // namespace

Exporter::Exporter(ExporterSettings settings)
    : settings_{std::move(settings)}, url_{traces_url(settings_.endpoint)} {
  if (enabled()) thread_ = std::thread{[this] { work(); }};
}

Exporter::~Exporter() {
  if (!thread_.joinable()) return;
  {
    std::unique_lock lock{mutex_};
    stopping_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, settings_.last_words, [this] { return hurry_.load(); });
  }
  hurry_ = true;
  changed_.notify_all();
  thread_.join();
}

void Exporter::add(Span span) {
  if (!enabled()) return;
  bool full_batch = false;
  {
    const std::lock_guard lock{mutex_};
    if (queue_.size() >= settings_.queue || stopping_) {
      ++counts_.dropped;
      return;
    }
    queue_.push_back(std::move(span));
    full_batch = queue_.size() >= settings_.batch || queue_.size() == 1;
  }
  if (full_batch) changed_.notify_all();
}

Exporter::Counts Exporter::counts() const {
  const std::lock_guard lock{mutex_};
  Counts counts = counts_;
  counts.waiting = queue_.size();
  return counts;
}

void Exporter::work() {
  auto client = outbound::HttpClient::make();
  if (!client) return log::error("traces go nowhere", {{"reason", client.error().message}});
  for (auto batch = next_batch(); !batch.empty(); batch = next_batch()) {
    try {
      send(*client, batch);
    } catch (const std::exception& error) {
      log::error("exception in the export of spans", {{"reason", error.what()}});
    }
  }
  {
    const std::lock_guard lock{mutex_};
    hurry_ = true;  // all is said; the destructor need not wait
  }
  changed_.notify_all();
}

// Empty at the end.
std::vector<Span> Exporter::next_batch() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  changed_.wait_for(lock, settings_.interval,
                    [this] { return stopping_ || queue_.size() >= settings_.batch; });
  const std::size_t count = std::min(queue_.size(), settings_.batch);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Span> batch{std::make_move_iterator(queue_.begin()), std::make_move_iterator(end)};
  queue_.erase(queue_.begin(), end);
  return batch;
}

void Exporter::send(outbound::HttpClient& client, const std::vector<Span>& batch) {
  const std::string body = render(settings_.resource, batch);
  Outcome outcome = Outcome::later;
  milliseconds delay = settings_.retry_delay;
  for (std::uint32_t attempt = 1; outcome == Outcome::later; ++attempt) {
    std::optional<std::chrono::seconds> retry_after;
    outcome = post(client, body, retry_after);
    if (outcome != Outcome::later || attempt == settings_.max_tries) break;
    std::random_device random;
    const auto jitter = std::uniform_int_distribution<std::int64_t>{0, delay.count() / 2}(random);
    if (!pause(retry_after ? milliseconds{*retry_after} : delay + milliseconds{jitter})) break;
    delay = std::min(delay * 2, kLongestPause);
  }
  const std::lock_guard lock{mutex_};
  (outcome == Outcome::taken ? counts_.exported : counts_.dropped) += batch.size();
}

Exporter::Outcome Exporter::post(outbound::HttpClient& client, const std::string& body,
                                 std::optional<std::chrono::seconds>& retry_after) const {
  outbound::Request request;
  request.url = url_;
  request.post = true;
  request.headers = {{"Content-Type", "application/json"}, {"User-Agent", "code-executor"}};
  request.body = body;
  request.ca_file = settings_.ca_file;
  request.timeout = settings_.timeout;
  request.max_response_bytes = kMaxAnswer;
  request.stop = &hurry_;
  const auto response = client.exchange(request);
  if (!response) {
    log::warning("spans cannot be sent", {{"reason", response.error().message}});
    return Outcome::later;
  }
  if (response->status >= 200 && response->status < 300) return Outcome::taken;
  log::warning(
      "the collector does not take spans",
      {{"status", response->status}, {"answer", std::string_view{response->body}.substr(0, 200)}});
  retry_after = response->retry_after;
  const auto passing = {429, 502, 503, 504};
  return std::ranges::find(passing, response->status) != passing.end() ? Outcome::later
                                                                       : Outcome::refused;
}

bool Exporter::pause(milliseconds time) {
  std::unique_lock lock{mutex_};
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

}  // namespace cex::telemetry
