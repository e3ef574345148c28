// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/redis_connection.hpp"

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <cerrno>
#include <utility>

#include "core/base/text.hpp"

namespace cex::cluster {
namespace {

struct FreeContext {
  void operator()(redisContext* context) const noexcept { redisFree(context); }
};
struct FreeReply {
  void operator()(void* reply) const noexcept { freeReplyObject(reply); }
};

timeval to_timeval(std::chrono::milliseconds time) {
  return {time.count() / 1000, static_cast<suseconds_t>(time.count() % 1000 * 1000)};
}

// hiredis itself refuses lists nested deeper than seven.
Reply copy(const redisReply& from) {
  Reply reply;
  switch (from.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      reply.kind = Reply::Kind::text;
      reply.text.assign(from.str, from.len);
      break;
    case REDIS_REPLY_INTEGER:
      reply.kind = Reply::Kind::integer;
      reply.integer = from.integer;
      break;
    case REDIS_REPLY_ARRAY:
      reply.kind = Reply::Kind::list;
      reply.items.reserve(from.elements);
      for (std::size_t i = 0; i < from.elements; ++i) reply.items.push_back(copy(*from.element[i]));
      break;
    default:
      break;  // nil, and kinds of later protocols, which we do not ask for
  }
  return reply;
}

}  // namespace

struct RedisConnection::State {
  std::unique_ptr<redisContext, FreeContext> context;
  std::string address;
};

std::optional<std::uint64_t> Reply::as_number() const noexcept {
  if (kind == Kind::integer) {
    if (integer < 0) return std::nullopt;
    return static_cast<std::uint64_t>(integer);
  }
  if (kind != Kind::text) return std::nullopt;
  return parse_u64(text);
}

const Reply& Reply::operator[](std::size_t at) const noexcept {
  static const Reply kNil;
  return at < items.size() ? items[at] : kNil;
}

RedisConnection::RedisConnection(std::unique_ptr<State> state) : state_{std::move(state)} {}
RedisConnection::~RedisConnection() = default;

Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisAddress& address,
                                                               std::chrono::milliseconds timeout) {
  auto state = std::make_unique<State>();
  state->address = address.text();
  const timeval limit = to_timeval(timeout);
  state->context.reset(address.path.empty()
                           ? redisConnectWithTimeout(address.host.c_str(), address.port, limit)
                           : redisConnectUnixWithTimeout(address.path.c_str(), limit));
  if (!state->context) return fail(Errc::not_ready, "redis: no memory for a connection");
  if (state->context->err != 0) {
    return fail(Errc::not_ready,
                "redis at " + state->address + ": " + printable(state->context->errstr));
  }
  // Of a peer that vanished without a word the kernel finds out by itself; a unix socket has none.
  if (address.path.empty()) static_cast<void>(redisEnableKeepAlive(state->context.get()));
  auto connection = std::unique_ptr<RedisConnection>(new RedisConnection{std::move(state)});
  connection->set_timeout(timeout);
  return connection;
}

void RedisConnection::set_timeout(std::chrono::milliseconds timeout) {
  static_cast<void>(redisSetTimeout(state_->context.get(), to_timeval(timeout)));
}

Result<Reply> RedisConnection::command(const std::vector<std::string_view>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  texts.reserve(words.size());
  sizes.reserve(words.size());
  for (const std::string_view word : words) {
    texts.push_back(word.data() == nullptr ? "" : word.data());
    sizes.push_back(word.size());
  }
  redisContext* context = state_->context.get();
  errno = 0;
  const std::unique_ptr<void, FreeReply> raw{
      redisCommandArgv(context, static_cast<int>(words.size()), texts.data(), sizes.data())};
  if (!raw) {
    const bool late = context->err == REDIS_ERR_IO && (errno == EAGAIN || errno == ETIMEDOUT);
    trouble_ = late ? Trouble::late : Trouble::lost;
    return fail(Errc::not_ready, "redis at " + state_->address + ": " +
                                     (late ? "no answer in time" : printable(context->errstr)));
  }
  const auto& reply = *static_cast<const redisReply*>(raw.get());
  if (reply.type == REDIS_REPLY_ERROR) {
    trouble_ = Trouble::refused;
    return fail(Errc::internal, printable({reply.str, reply.len}));
  }
  trouble_ = Trouble::none;
  return copy(reply);
}

}  // namespace cex::cluster
