// SPDX-License-Identifier: Apache-2.0
#include "core/plugin_host/answering.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/plugin_host/frames.hpp"
#include "core/plugin_host/lockdown.hpp"
#include "core/plugin_host/packing.hpp"
#include "core/plugin_host/wire.hpp"

namespace cex::plugin_host {
namespace {

void send(Frame type, const Packer& payload) {
  // A server that is gone is seen at the next read.
  (void)send_all(Sender::plugin, kSocketFd, make_frame(type, payload.bytes()), kNoDeadline);
}

std::string_view view(cex_str text) {
  return {text.ptr, text.len};
}

void on_log(void* /*ctx*/, std::int32_t level, cex_str message) noexcept {
  Packer line;
  line(level, message);
  send(Frame::log, line);
}

const void* no_extension(void* /*ctx*/, const char* /*id*/) noexcept {
  return nullptr;
}

/// Sends what is emitted to the server, which checks it as it checks a plugin in its own process.
/// Only what the plugin wants to know at once is answered here.
class Sender {
 public:
  explicit Sender(std::uint64_t known_features) : known_features_{known_features} {
    sink_.struct_size = sizeof(sink_);
    sink_.ctx = this;
    sink_.emit = &Sender::emit;
    sink_.error = &Sender::error;
  }
  [[nodiscard]] const cex_sink* sink() const { return &sink_; }

 private:
  static cex_status emit(void* ctx, std::uint32_t kind, const cex_record* record) noexcept {
    const auto& self = *static_cast<Sender*>(ctx);
    if (record == nullptr || record->struct_size < sizeof(cex_record)) return CEX_E_REFUSED;
    if ((record->required_features & ~self.known_features_) != 0) return CEX_E_REFUSED;
    Packer packed;
    packed(kind);
    const bool known = with_kind(kind, [&](auto type) {
      using Record = typename decltype(type)::type;
      const Record local = read_record<Record>(*record);
      fields(packed, local);
    });
    if (known) send(Frame::record, packed);
    return CEX_OK;
  }
  static void error(void* /*ctx*/, cex_status code, cex_str message) noexcept {
    Packer packed;
    packed(code, message);
    send(Frame::error, packed);
  }

  std::uint64_t known_features_;
  cex_sink sink_{};
};

class Plugin {
 public:
  explicit Plugin(const cex_plugin& table) : table_{read_table(table)} {}

  /// False for what the server would not say.
  [[nodiscard]] bool answer(std::string_view payload) {
    Unpacker asked{payload};
    std::uint8_t call = 0;
    asked(call);
    if (!asked.ok() || opened_ == (static_cast<Call>(call) == Call::open)) return false;
    switch (static_cast<Call>(call)) {
      case Call::open:
        return open(asked);
      case Call::describe:
        return finish(table_.describe(self_, Sender{known_features_}.sink()));
      case Call::recognise:
        return ask<cex_probe_output>(asked, table_.recognise);
      case Call::plan:
        return ask<cex_plan_request>(asked, table_.plan);
      case Call::diagnose:
        return ask<cex_compiler_output>(asked, table_.diagnose);
    }
    return false;
  }

 private:
  static cex_plugin read_table(const cex_plugin& table) {
    cex_plugin local{};
    std::memcpy(&local, &table, std::min(sizeof(local), std::size_t{table.struct_size}));
    return local;
  }

  [[nodiscard]] static bool finish(cex_status status) {
    Packer packed;
    packed(status);
    send(Frame::done, packed);
    return true;
  }

  template <class Request, class Function>
  [[nodiscard]] bool ask(Unpacker& asked, Function function) {
    Request request{};
    fields(asked, request);
    if (!asked.at_end() || function == nullptr) return false;
    request.h.struct_size = sizeof(request);
    return finish(function(self_, &request, Sender{known_features_}.sink()));
  }

  [[nodiscard]] bool open(Unpacker& asked) {
    cex_str version{};
    asked(version, known_features_);
    if (!asked.at_end()) return false;
    version_ = view(version);
    host_.struct_size = sizeof(host_);
    host_.abi_major = CEX_ABI_MAJOR;
    host_.abi_minor = CEX_ABI_MINOR;
    host_.version = {version_.data(), version_.size()};
    host_.known_features = known_features_;
    host_.log = &on_log;
    host_.extension = &no_extension;
    const cex_status status = table_.open(&host_, &self_);
    opened_ = status == CEX_OK;
    if (const auto trouble = confine_answering(); !trouble.empty()) {
      Packer packed;
      packed.put(trouble);
      send(Frame::trouble, packed);
      return false;
    }
    return finish(status);
  }

  const cex_plugin table_;
  cex_host host_{};
  std::string version_;
  std::uint64_t known_features_{0};
  void* self_{nullptr};
  bool opened_{false};
};

}  // namespace

int serve_calls(const cex_plugin& table) {
  Plugin plugin{table};
  ReceivedFrame frame;
  while (receive_frame(kSocketFd, frame, kNoDeadline)) {
    if (frame.type != Frame::call || !plugin.answer(frame.payload)) return 1;
  }
  return 0;
}

}  // namespace cex::plugin_host
