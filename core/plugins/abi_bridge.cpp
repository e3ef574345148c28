// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/abi_bridge.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <cex/plugin_abi.h>

#include "core/base/log.hpp"
#include "core/plugins/abi_records.hpp"
#include "core/plugins/native_library.hpp"
#include "core/plugins/semver.hpp"

namespace cex::plugins {
namespace {

using langspec::Option;

/// Size of the table in ABI 1.0; nothing shorter was ever published.
constexpr std::size_t kFirstTableSize = offsetof(cex_plugin, extension) + sizeof(void*);

cex_str view(std::string_view text) {
  return {text.data(), text.size()};
}

/// Keeps the array that a cex_list points at.
class ListView {
 public:
  template <class Texts>
  explicit ListView(const Texts& texts) {
    items_.reserve(texts.size());
    for (const auto& text : texts) items_.push_back(view(text));
  }
  [[nodiscard]] cex_list get() const { return {items_.data(), items_.size()}; }

 private:
  std::vector<cex_str> items_;
};

template <class T>
T request_record() {
  T request{};
  request.h.struct_size = sizeof(T);
  return request;
}

void write_log(void* ctx, std::int32_t level, cex_str message) noexcept {
  const auto* id = static_cast<const std::string*>(ctx);
  const auto severity = level <= 0   ? log::Level::debug
                        : level == 1 ? log::Level::info
                        : level == 2 ? log::Level::warning
                                     : log::Level::error;
  if (message.ptr == nullptr) return;
  log::write(severity, "plugin says",
             {{"plugin", *id},
              {"text", std::string_view{message.ptr, std::min<std::size_t>(message.len, 4096)}}});
}

const void* no_extension(void* /*ctx*/, const char* /*id*/) noexcept {
  return nullptr;
}

/// A plugin's table behind the host's own interface.
class NativeSpec final : public langspec::LangSpec {
 public:
  NativeSpec(TableSource source, std::string id) : source_{std::move(source)}, id_{std::move(id)} {
    const cex_plugin& table = *source_.table;
    std::memcpy(&table_, &table, std::min(sizeof(table_), std::size_t{table.struct_size}));
    self_ = source_.self;
    host_.struct_size = sizeof(host_);
    host_.abi_major = CEX_ABI_MAJOR;
    host_.abi_minor = CEX_ABI_MINOR;
    host_.version = view(host_version());
    host_.ctx = &id_;
    host_.log = &write_log;
    host_.extension = &no_extension;
  }
  ~NativeSpec() override {
    if (opened_) table_.close(self_);
  }

  /// Gate 3. Call once, before everything else.
  Result<void> open() {
    const cex_status status = table_.open(&host_, &self_);
    if (status != CEX_OK) {
      return fail(Errc::plugin,
                  "open: the plugin refuses this host with status " + std::to_string(status));
    }
    opened_ = true;
    CEX_TRY(const auto description, describe());
    options_ = description.options;
    return {};
  }

  [[nodiscard]] Result<langspec::Description> describe() const override {
    RecordSink sink{RecordSink::Call::describe};
    CEX_CHECK(named("describe", sink.finish(table_.describe(self_, sink.sink()))));
    return std::move(sink.description);
  }

  [[nodiscard]] Result<std::optional<langspec::Toolchain>> recognise(
      const langspec::ProbeOutput& output) const override {
    auto request = request_record<cex_probe_output>();
    request.probe = view(output.probe);
    request.executable = view(output.executable);
    request.exit_code = output.exit_code;
    request.out = view(output.out);
    request.err = view(output.err);
    RecordSink sink{RecordSink::Call::recognise};
    CEX_CHECK(named("recognise", sink.finish(table_.recognise(self_, &request, sink.sink()))));
    if (sink.toolchains.empty()) return std::optional<langspec::Toolchain>{};
    return std::optional{std::move(sink.toolchains.front())};
  }

  [[nodiscard]] Result<langspec::Plan> plan(const langspec::PlanRequest& asked) const override {
    const ListView files{asked.files};
    const ListView options{asked.options};
    const ListView args{asked.args};
    const auto compile_texts = chosen(asked, Option::Kind::compile_argument);
    const auto runtime_texts = chosen(asked, Option::Kind::runtime_argument);
    const ListView compile_args{compile_texts};
    const ListView runtime_args{runtime_texts};
    const ListView contents{asked.contents};
    const ListView layers{asked.layers};
    const ListView tools{asked.tools};
    auto request = request_record<cex_plan_request>();
    request.phase = static_cast<std::uint32_t>(asked.phase);
    request.cpus_milli = asked.cpus_milli;
    request.memory_bytes = asked.memory_bytes;
    request.language = view(asked.language);
    request.toolchain = view(asked.toolchain);
    request.executable = view(asked.executable);
    request.version = view(asked.version);
    request.box_dir = view(asked.box_dir);
    request.out_dir = view(asked.out_dir);
    request.entry_file = view(asked.entry_file);
    request.files = files.get();
    request.options = options.get();
    request.args = args.get();
    request.compile_args = compile_args.get();
    request.runtime_args = runtime_args.get();
    request.contents = contents.get();
    request.layers = layers.get();
    request.tools = tools.get();
    RecordSink sink{RecordSink::Call::plan, request.phase};
    CEX_CHECK(named("plan", sink.finish(table_.plan(self_, &request, sink.sink()))));
    return std::move(sink.plan);
  }

  [[nodiscard]] Result<std::vector<Diagnostic>> diagnose(std::string_view language,
                                                         std::string_view text,
                                                         bool truncated) const override {
    if (table_.diagnose == nullptr) return std::vector<Diagnostic>{};
    auto request = request_record<cex_compiler_output>();
    if (truncated) request.h.flags = CEX_OUTPUT_TRUNCATED;
    request.language = view(language);
    request.text = view(text);
    RecordSink sink{RecordSink::Call::diagnose};
    CEX_CHECK(named("diagnose", sink.finish(table_.diagnose(self_, &request, sink.sink()))));
    return std::move(sink.diagnostics);
  }

  [[nodiscard]] std::string trouble() const override {
    return source_.trouble ? source_.trouble() : std::string{};
  }

 private:
  /// Which of the user's arguments, all of them allowed, are for the compiler or for the run time.
  [[nodiscard]] std::vector<std::string> chosen(const langspec::PlanRequest& asked,
                                                Option::Kind kind) const {
    std::vector<std::string> mine;
    for (const std::string& argument : asked.compile_args) {
      const bool allowed = std::any_of(options_.begin(), options_.end(), [&](const Option& option) {
        return option.kind == kind && option.language == asked.language &&
               std::any_of(option.allowed.begin(), option.allowed.end(),
                           [&](const std::string& item) { return item_allows(item, argument); });
      });
      if (allowed) mine.push_back(argument);
    }
    return mine;
  }

  /// What the user did wrong is told in the plugin's words; everything else names the plugin.
  [[nodiscard]] Result<void> named(const char* call, Result<void> result) const {
    if (result || result.error().code == Errc::invalid_request) return result;
    return in(id_ + ": " + call, std::move(result).error());
  }

  TableSource source_;  // born first, gone last: the table's code lives in its owner
  std::string id_;
  cex_plugin table_{};
  cex_host host_{};
  void* self_{nullptr};
  bool opened_{false};
  std::vector<Option> options_;
};

/// Gate 2: facts that are read before any function of the plugin is called.
Result<void> check_table(const cex_plugin& table, const Manifest& manifest) {
  if (table.magic != CEX_ABI_MAGIC) return fail(Errc::plugin, "entry: wrong magic number");
  if (table.abi_major != CEX_ABI_MAJOR) {
    return fail(Errc::plugin, "entry: built for ABI major " + std::to_string(table.abi_major) +
                                  ", this host speaks " + std::to_string(CEX_ABI_MAJOR));
  }
  if (table.struct_size < kFirstTableSize) {
    return fail(Errc::plugin, "entry: the table is shorter than that of ABI 1.0");
  }
  if (table.id == nullptr || manifest.id != table.id) {
    return fail(Errc::plugin, "entry: the manifest says " + manifest.id + ", the object is " +
                                  (table.id == nullptr ? "nameless" : table.id));
  }
  if (table.version == nullptr || manifest.version != table.version) {
    return fail(Errc::plugin, "entry: the manifest says version " + manifest.version +
                                  ", the object is " +
                                  (table.version == nullptr ? "without one" : table.version));
  }
  if (table.abi_minor != manifest.abi_minor) {
    return fail(Errc::plugin, "entry: the manifest says ABI 1." +
                                  std::to_string(manifest.abi_minor) +
                                  ", the object is built for 1." + std::to_string(table.abi_minor));
  }
  if (table.open == nullptr || table.close == nullptr || table.describe == nullptr ||
      table.recognise == nullptr || table.plan == nullptr) {
    return fail(Errc::plugin, "entry: open, close, describe, recognise and plan must all be there");
  }
  return {};
}

}  // namespace

Result<void> check_major(const Manifest& manifest) {
  if (manifest.abi_major == CEX_ABI_MAJOR) return {};
  return fail(Errc::plugin, "manifest: for ABI major " + std::to_string(manifest.abi_major) +
                                ", this host speaks " + std::to_string(CEX_ABI_MAJOR));
}

Result<std::shared_ptr<const langspec::LangSpec>> open_table(TableSource source,
                                                             const Manifest& manifest) {
  CEX_CHECK(check_table(*source.table, manifest));
  auto spec = std::make_shared<NativeSpec>(std::move(source), manifest.id);
  CEX_CHECK(spec->open());
  return std::shared_ptr<const langspec::LangSpec>{std::move(spec)};
}

Result<std::shared_ptr<const langspec::LangSpec>> open_native(const std::string& path,
                                                              const Manifest& manifest) {
  CEX_CHECK(check_major(manifest));
  CEX_TRY(NativeLibrary loaded, NativeLibrary::load(path));
  const auto library = std::make_shared<const NativeLibrary>(std::move(loaded));
  const auto* table = static_cast<const cex_plugin*>(library->find("cex_plugin_v1"));
  if (table == nullptr) return fail(Errc::plugin, "entry: the object exports no cex_plugin_v1");
  return open_table({.owner = library, .table = table}, manifest);
}

bool item_allows(std::string_view item, std::string_view argument) noexcept {
  if (!item.ends_with('*')) return item == argument;
  const std::string_view prefix = item.substr(0, item.size() - 1);
  return argument.size() > prefix.size() && argument.starts_with(prefix);
}

}  // namespace cex::plugins
