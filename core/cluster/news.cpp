// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/news.hpp"

#include <utility>

#include "core/base/log.hpp"

namespace cex::cluster {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBlock{1'000};
constexpr const char* kAtOnce = "1000";

// Where a stream ends now; one that is not there yet ends before its first entry.
Result<std::string> end_of(RedisConnection& connection, const std::string& key) {
  CEX_TRY(const Reply last, connection.command({"XREVRANGE", key, "+", "-", "COUNT", "1"}));
  const auto id = last[0][0].as_text();
  return id ? std::string{*id} : std::string{"0-0"};
}

}  // namespace

News::News(RedisClient& client, const std::string& node, Listener listener)
    : client_{client},
      wake_key_{client.key("wake")},
      own_key_{client.key("node:" + node)},
      listener_{std::move(listener)},
      thread_{[this] { listen(); }} {}

News::~News() {
  stopping_ = true;
  // Something to hear, so that the thread does not sit out its patience.
  static_cast<void>(client_.command({"XADD", own_key_, "NOMKSTREAM", "*", "stop", "1"}));
  thread_.join();
}

void News::listen() {
  while (!stopping_) {
    if (!client_.wait_until_up(kBlock)) continue;
    auto connection = client_.connect();
    if (!connection) {
      client_.suspect(connection.error().message);
      continue;
    }
    if (const auto done = follow(**connection); !done && !stopping_) {
      client_.suspect(done.error().message);
    }
  }
}

Result<void> News::follow(RedisConnection& connection) {
  connection.set_timeout(kBlock + client_.timeout());
  CEX_TRY(wake_at_, end_of(connection, wake_key_));
  CEX_TRY(own_at_, end_of(connection, own_key_));
  listener_.missed();
  const std::string block = std::to_string(kBlock.count());
  while (!stopping_) {
    CEX_TRY(const Reply news,
            connection.command({"XREAD", "COUNT", kAtOnce, "BLOCK", block, "STREAMS", wake_key_,
                                own_key_, wake_at_, own_at_}));
    for (const Reply& stream : news.items) tell(stream);
  }
  return {};
}

void News::tell(const Reply& stream) {
  const bool own = stream[0].as_text() == own_key_;
  for (const Reply& entry : stream[1].items) {
    const auto id = entry[0].as_text();
    if (!id) continue;
    (own ? own_at_ : wake_at_) = *id;
    tell_entry(entry[1]);
  }
}

void News::tell_entry(const Reply& fields) {
  const auto what = fields[0].as_text();
  const std::string& value = fields[1].text;
  if (what == "lane") listener_.waits(value);
  if (what == "events") listener_.events(value);
  if (what == "cancel") listener_.cancel(value);
}

}  // namespace cex::cluster
