// SPDX-License-Identifier: Apache-2.0
#include "core/engine/event_log.hpp"

#include <utility>

namespace cex::engine {
namespace {

constexpr std::size_t kPiece = 16 << 10U;  // output is joined up to this size
constexpr std::size_t kPage = 256 << 10U;  // bytes in one read
constexpr std::size_t kManyEvents = 4000;  // from here on readers wait for larger pieces
constexpr std::size_t kLargePiece = 4096;

bool is_output(const JobEvent& event) {
  return event.kind == JobEvent::Kind::out || event.kind == JobEvent::Kind::err;
}

}  // namespace

bool EventLog::joins(const JobEvent& event) const {
  if (events_.empty() || !is_output(event)) return false;
  const JobEvent& last = events_.back();
  return last.kind == event.kind && last.compile == event.compile && last.run == event.run &&
         last.sequence > sealed_ && last.bytes.size() + event.bytes.size() <= kPiece;
}

void EventLog::append(JobEvent event) {
  bytes_ += event.bytes.size();
  if (joins(event)) {
    events_.back().bytes += event.bytes;
    return;
  }
  event.sequence = base_ + events_.size() + 1;
  finished_ = finished_ || event.kind == JobEvent::Kind::result;
  events_.push_back(std::move(event));
}

// The last event may still grow; once there are many, it is shown only when it has.
std::size_t EventLog::visible() const {
  if (events_.size() < kManyEvents || finished_) return events_.size();
  const JobEvent& last = events_.back();
  return is_output(last) && last.bytes.size() < kLargePiece ? events_.size() - 1 : events_.size();
}

EventLog EventLog::restore(std::vector<JobEvent> events) {
  EventLog log{events.empty() ? 0 : events.front().sequence - 1};
  for (const JobEvent& event : events) log.bytes_ += event.bytes.size();
  log.events_ = std::move(events);
  log.sealed_ = log.base_ + log.events_.size();
  log.finished_ = true;
  return log;
}

// A number from before the base is of an attempt that came to nothing: all of this one is new.
std::size_t EventLog::index_after(std::uint64_t sequence) const {
  return sequence <= base_ ? 0 : static_cast<std::size_t>(sequence - base_);
}

EventPage EventLog::read(std::uint64_t after) {
  EventPage page;
  std::size_t bytes = 0;
  const std::size_t end = visible();
  for (auto at = index_after(after); at < end && bytes < kPage; ++at) {
    page.events.push_back(events_[at]);
    bytes += events_[at].bytes.size() + 64;
    if (events_[at].sequence > sealed_) sealed_ = events_[at].sequence;
  }
  const std::size_t read = index_after(page.events.empty() ? after : page.events.back().sequence);
  page.finished = finished_ && read >= events_.size();
  return page;
}

bool EventLog::has_after(std::uint64_t after) const {
  return visible() > index_after(after);
}

}  // namespace cex::engine
