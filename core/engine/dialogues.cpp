// SPDX-License-Identifier: Apache-2.0
#include "core/engine/dialogues.hpp"

#include <utility>

namespace cex::engine {

struct Dialogues::Line {
  explicit Line(std::chrono::milliseconds idle)
      : console{idle, [this] { watchers->notify(Watched::every_event); }} {}

  std::shared_ptr<Watchers> watchers{std::make_shared<Watchers>()};
  supervise::Console console;
};

class Dialogues::Client final : public Dialogue {
 public:
  Client(std::shared_ptr<Line> line, bool has_terminal, std::function<void()> notify)
      : line_{std::move(line)},
        has_terminal_{has_terminal},
        watch_{line_->watchers->add(Watched::every_event, std::move(notify))} {}

  std::size_t write(std::string_view bytes) override { return line_->console.write(bytes); }
  void end_input() override { line_->console.end_input(); }
  bool signal(int number) override { return line_->console.signal(number); }
  bool resize(WindowSize size) override {
    if (has_terminal_) line_->console.resize(size);
    return has_terminal_;
  }

 private:
  std::shared_ptr<Line> line_;
  bool has_terminal_;
  std::unique_ptr<Watch> watch_;
};

std::shared_ptr<Dialogues::Line> Dialogues::line(const std::string& id) {
  const std::lock_guard lock{mutex_};
  auto& line = lines_[id];
  if (!line) line = std::make_shared<Line>(idle_);
  return line;
}

std::shared_ptr<supervise::Console> Dialogues::console(const std::string& id) {
  auto found = line(id);
  return {found, &found->console};
}

std::unique_ptr<Dialogue> Dialogues::join(const std::string& id, const Interactive& how,
                                          std::function<void()> notify) {
  return std::make_unique<Client>(line(id), how.terminal.has_value(), std::move(notify));
}

void Dialogues::end(const std::string& id) {
  std::shared_ptr<Line> ended;
  {
    const std::lock_guard lock{mutex_};
    const auto found = lines_.find(id);
    if (found == lines_.end()) return;
    ended = std::move(found->second);
    lines_.erase(found);
  }
  ended->console.close();
}

}  // namespace cex::engine
