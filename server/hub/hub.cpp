// SPDX-License-Identifier: Apache-2.0
#include "server/hub/hub.hpp"

#include "server/hub/loop.hpp"

namespace cex::hub {

Hub::Hub(engine::Service& service, HubSettings settings)
    : loop_{std::make_unique<Loop>(service, settings)} {}

Hub::~Hub() {
  stop(std::chrono::milliseconds{0});
}

bool Hub::has_room() const noexcept {
  return loop_->has_room();
}

std::size_t Hub::clients() const noexcept {
  return loop_->clients();
}

void Hub::stream(http::Connection connection, Follow follow) {
  auto follower = std::make_unique<Follower>();
  follower->follow = std::move(follow);
  follower->want = Want::events;
  follower->outlet = std::make_unique<Outlet>(std::move(connection));
  loop_->add(std::move(follower));
}

void Hub::talk(http::Connection connection, Follow follow, std::string accept) {
  auto follower = std::make_unique<Follower>();
  follower->follow = std::move(follow);
  follower->want = Want::events;
  follower->talk = std::make_unique<Talk>();
  follower->talk->accept = std::move(accept);
  follower->outlet = std::make_unique<Outlet>(std::move(connection));
  loop_->add(std::move(follower));
}

void Hub::await(http::Connection connection, Follow follow, Clock::time_point deadline) {
  auto follower = std::make_unique<Follower>();
  follower->follow = std::move(follow);
  follower->want = Want::result;
  follower->deadline = deadline;
  follower->outlet = std::make_unique<Outlet>(std::move(connection));
  loop_->add(std::move(follower));
}

void Hub::stop(std::chrono::milliseconds patience) {
  loop_->stop(patience);
}

}  // namespace cex::hub
