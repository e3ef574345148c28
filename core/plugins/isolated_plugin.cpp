// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/isolated_plugin.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <cex/plugin_abi.h>

#include "core/base/log.hpp"
#include "core/plugin_host/packing.hpp"
#include "core/plugins/abi_bridge.hpp"
#include "core/plugins/worker_process.hpp"

namespace cex::plugins {
namespace {

using plugin_host::Call;
using plugin_host::Frame;
using plugin_host::Packer;
using plugin_host::ReceivedFrame;
using plugin_host::Unpacker;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kAnswersWithin{2};
constexpr std::chrono::seconds kStartsWithin{20};  // a large library from a cold disk
constexpr std::chrono::minutes kStrikeHolds{10};
constexpr std::size_t kStrikes = 3;
constexpr std::chrono::milliseconds kBackOff{100};
constexpr std::size_t kMaxAnswer = std::size_t{32} << 20U;

cex_str view(std::string_view text) {
  return {text.data(), text.size()};
}

/// A file that nobody can change any more, so that what is loaded is what was looked at.
Result<UniqueFd> seal(std::string_view object) {
  UniqueFd file{::memfd_create("plugin", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (!file) return fail_errno("memfd_create");
  while (!object.empty()) {
    const ssize_t written = ::write(file.get(), object.data(), object.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return fail_errno("copy the plugin");
    object.remove_prefix(static_cast<std::size_t>(written));
  }
  constexpr int kSeals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
  if (::fcntl(file.get(), F_ADD_SEALS, kSeals) != 0) return fail_errno("F_ADD_SEALS");
  return file;
}

/// What a function table says about itself.
struct Head {
  std::uint64_t magic{0};
  std::uint32_t struct_size{0};
  std::uint32_t abi_major{0};
  std::uint32_t abi_minor{0};
  std::uint8_t complete{0};
  std::uint8_t diagnoses{0};
  std::string id;
  std::string version;
  std::string min_host;
  friend bool operator==(const Head&, const Head&) = default;
};

Result<Head> read_head(std::string_view payload) {
  Unpacker from{payload};
  Head head;
  cex_str id{};
  cex_str version{};
  cex_str min_host{};
  from(head.magic, head.struct_size, head.abi_major, head.abi_minor, head.complete, head.diagnoses,
       id, version, min_host);
  if (!from.at_end()) return fail(Errc::plugin, "entry: its process talks nonsense");
  head.id.assign(id.ptr, id.len);
  head.version.assign(version.ptr, version.len);
  head.min_host.assign(min_host.ptr, min_host.len);
  return head;
}

/// The plugin's functions, asked for in its process. Thread-safe: one call at a time.
class IsolatedPlugin {
 public:
  IsolatedPlugin(UniqueFd object, std::string program)
      : object_{std::move(object)}, program_{std::move(program)} {}

  /// Starts the process for the first time and makes the table that stands for the plugin's own.
  Result<void> start() {
    CEX_CHECK(launch());
    table_.magic = head_->magic;
    table_.struct_size = std::min<std::uint32_t>(head_->struct_size, sizeof(table_));
    table_.abi_major = head_->abi_major;
    table_.abi_minor = head_->abi_minor;
    table_.id = head_->id.c_str();
    table_.version = head_->version.c_str();
    table_.min_host = head_->min_host.c_str();
    if (head_->complete == 0) return {};  // gate 2 sees null pointers
    table_.open = &on_open;
    table_.close = &on_close;
    table_.describe = &on_describe;
    table_.recognise = &on_recognise;
    table_.plan = &on_plan;
    if (head_->diagnoses != 0) table_.diagnose = &on_diagnose;
    return {};
  }

  [[nodiscard]] const cex_plugin& table() const { return table_; }

  /// Why it is switched off; empty while it is not.
  [[nodiscard]] std::string trouble() const {
    const std::lock_guard lock{mutex_};
    return switched_off_;
  }

 private:
  // Called by the bridge as if they were the plugin's; `self` is this object from the start.
  static cex_status on_open(const cex_host* host, void** self) noexcept {
    auto& plugin = *static_cast<IsolatedPlugin*>(*self);
    plugin.host_ = host;
    const auto opened = plugin.open();
    return opened ? *opened : CEX_E_INTERNAL;
  }
  static void on_close(void* /*self*/) noexcept {}
  static cex_status on_describe(void* self, const cex_sink* sink) noexcept {
    return ask(self, sink, [](Packer& packer) { pack_call(packer, Call::describe); });
  }
  static cex_status on_recognise(void* self, const cex_probe_output* output,
                                 const cex_sink* sink) noexcept {
    return ask_with(self, sink, Call::recognise, *output);
  }
  static cex_status on_plan(void* self, const cex_plan_request* request,
                            const cex_sink* sink) noexcept {
    return ask_with(self, sink, Call::plan, *request);
  }
  static cex_status on_diagnose(void* self, const cex_compiler_output* output,
                                const cex_sink* sink) noexcept {
    return ask_with(self, sink, Call::diagnose, *output);
  }

  static void pack_call(Packer& packer, Call call) { packer(static_cast<std::uint8_t>(call)); }

  template <class Request>
  static cex_status ask_with(void* self, const cex_sink* sink, Call call, const Request& request) {
    return ask(self, sink, [&](Packer& packer) {
      pack_call(packer, call);
      fields(packer, request);
    });
  }

  template <class Pack>
  static cex_status ask(void* self, const cex_sink* sink, Pack pack) noexcept {
    auto& plugin = *static_cast<IsolatedPlugin*>(self);
    try {
      Packer packer;
      pack(packer);
      const std::lock_guard lock{plugin.mutex_};
      auto status = plugin.exchange(packer.bytes(), *sink);
      if (status) return *status;
      sink->error(sink->ctx, CEX_E_INTERNAL, view(status.error().message));
    } catch (const std::exception& problem) {
      sink->error(sink->ctx, CEX_E_INTERNAL, view(problem.what()));
    }
    return CEX_E_INTERNAL;
  }

  Result<void> launch() {
    CEX_TRY(auto process, WorkerProcess::start(program_, object_.get()));
    ReceivedFrame frame;
    if (!process.receive(frame, Clock::now() + kStartsWithin)) {
      return fail(Errc::plugin, "entry: while it was loaded, " + process.end());
    }
    if (frame.type == Frame::trouble) return fail(Errc::plugin, trouble_in(frame.payload));
    if (frame.type != Frame::table) return fail(Errc::plugin, "entry: no table came first");
    CEX_TRY(Head head, read_head(frame.payload));
    if (head_ && head != *head_) return fail(Errc::plugin, "entry: another table than before");
    head_ = std::move(head);
    process_.emplace(std::move(process));
    return {};
  }

  Result<cex_status> open() {
    Packer packer;
    pack_call(packer, Call::open);
    packer(host_->version, host_->known_features);
    const cex_sink deaf{sizeof(cex_sink), 0, nullptr, &refuse_record, &ignore_error};
    auto status = talk(packer.bytes(), deaf, kStartsWithin);
    if (!status) log::warning("plugin: open failed", {{"reason", status.error().message}});
    return status;
  }
  static cex_status refuse_record(void* /*ctx*/, std::uint32_t /*kind*/,
                                  const cex_record* /*record*/) noexcept {
    return CEX_E_REFUSED;
  }
  static void ignore_error(void* /*ctx*/, cex_status /*code*/, cex_str /*message*/) noexcept {}

  Result<cex_status> exchange(std::string_view call, const cex_sink& sink) {
    if (!switched_off_.empty()) return fail(Errc::plugin, switched_off_);
    auto status = revive();
    if (status) {
      auto answer = talk(call, sink, kAnswersWithin);
      if (answer) return answer;
      status = tl::unexpected(std::move(answer).error());
    }
    count_strike(status.error().message);
    return tl::unexpected(std::move(status).error());
  }

  Result<void> revive() {
    if (process_) return {};
    std::this_thread::sleep_until(not_before_);
    CEX_CHECK(launch());
    CEX_TRY(const cex_status opened, open());
    if (opened == CEX_OK) return {};
    return fail(Errc::plugin, "open: it refuses this host now, with " + std::to_string(opened));
  }

  /// One call from its first to its last frame. After an error there is no process any more.
  Result<cex_status> talk(std::string_view call, const cex_sink& sink, Clock::duration patience) {
    const auto deadline = Clock::now() + patience;
    std::size_t bytes = 0;
    bool talking = process_->send(Frame::call, call, deadline);
    ReceivedFrame frame;
    while (talking && process_->receive(frame, deadline)) {
      bytes += frame.payload.size();
      talking = bytes <= kMaxAnswer;
      if (frame.type == Frame::done) {
        cex_status status = CEX_E_INTERNAL;
        Unpacker from{frame.payload};
        from(status);
        if (from.at_end()) return status;
      }
      talking = talking && pass_on(frame, sink);
    }
    const bool late = Clock::now() >= deadline;
    std::string why = process_->end();
    process_.reset();
    if (late) why = "it did not answer in time";
    return fail(Errc::plugin, "the plugin's process failed: " + why);
  }

  [[nodiscard]] bool pass_on(const ReceivedFrame& frame, const cex_sink& sink) const {
    Unpacker from{frame.payload};
    if (frame.type == Frame::record) {
      std::uint32_t kind = 0;
      from(kind);
      return plugin_host::with_kind(kind,
                                    [&](auto type) {
                                      using Record = typename decltype(type)::type;
                                      Record record{};
                                      fields(from, record);
                                      record.h.struct_size = sizeof(record);
                                      // What it refuses it remembers, and the call fails at its
                                      // end.
                                      if (from.at_end())
                                        static_cast<void>(sink.emit(sink.ctx, kind, &record.h));
                                    }) &&
             from.at_end();
    }
    cex_str text{};
    if (frame.type == Frame::error) {
      cex_status code = CEX_E_INTERNAL;
      from(code, text);
      if (from.at_end()) sink.error(sink.ctx, code, text);
    } else if (frame.type == Frame::log) {
      std::int32_t level = 0;
      from(level, text);
      if (from.at_end()) host_->log(host_->ctx, level, text);
    } else if (frame.type == Frame::trouble) {
      log::error("plugin host", {{"reason", trouble_in(frame.payload)}});
      return false;
    } else {
      return false;
    }
    return from.at_end();
  }

  static std::string trouble_in(std::string_view payload) {
    Unpacker from{payload};
    cex_str text{};
    from(text);
    return {text.ptr, text.len};
  }

  void count_strike(const std::string& why) {
    const auto now = Clock::now();
    while (!strikes_.empty() && now - strikes_.front() > kStrikeHolds) strikes_.pop_front();
    strikes_.push_back(now);
    not_before_ = now + kBackOff * (1U << strikes_.size());
    log::warning(
        "plugin: strike",
        {{"plugin", head_->id}, {"strikes", std::uint64_t{strikes_.size()}}, {"reason", why}});
    if (strikes_.size() < kStrikes) return;
    switched_off_ = "switched off after three failures, the last: " + why;
    log::error("plugin switched off", {{"plugin", head_->id}, {"reason", why}});
  }

  const UniqueFd object_;
  const std::string program_;
  mutable std::mutex mutex_;
  std::optional<Head> head_;  // unchanged after start()
  cex_plugin table_{};
  const cex_host* host_{nullptr};
  std::optional<WorkerProcess> process_;
  std::deque<Clock::time_point> strikes_;
  Clock::time_point not_before_{};
  std::string switched_off_;
};

}  // namespace

Result<std::shared_ptr<const langspec::LangSpec>> open_isolated(std::string_view object,
                                                                const Manifest& manifest,
                                                                const std::string& program) {
  CEX_CHECK(check_major(manifest));
  CEX_TRY(UniqueFd sealed, seal(object));
  const auto plugin = std::make_shared<IsolatedPlugin>(std::move(sealed), program);
  CEX_CHECK(plugin->start());
  return open_table({.owner = plugin,
                     .table = &plugin->table(),
                     .self = plugin.get(),
                     .trouble = [raw = plugin.get()] { return raw->trouble(); }},
                    manifest);
}

}  // namespace cex::plugins
