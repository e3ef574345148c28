// SPDX-License-Identifier: Apache-2.0
#include "core/plugins/abi_records.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <string_view>
#include <utility>

#include "core/base/text.hpp"
#include "core/plugin_host/packing.hpp"

namespace cex::plugins {
namespace {

constexpr std::size_t kMaxRecords = 1024;
constexpr std::size_t kMaxItems = 512;
constexpr std::size_t kMaxText = std::size_t{64} << 10U;
constexpr std::size_t kMaxContent = std::size_t{1} << 20U;
constexpr std::size_t kMaxDiagnostics = 200;
constexpr std::size_t kMaxMessage = 4096;
constexpr std::uint64_t kKnownFeatures = 0;

/// Cuts at a character's border.
std::string cut(std::string text) {
  if (text.size() <= kMaxMessage) return text;
  std::size_t end = kMaxMessage;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text;
}

std::string bounded(cex_str from) {
  if (from.ptr == nullptr) return {};
  return printable(std::string_view{from.ptr, std::min(from.len, kMaxMessage)}, kMaxMessage);
}

}  // namespace

RecordSink::RecordSink(Call call, std::uint32_t phase) : call_{call}, phase_{phase} {
  sink_.struct_size = sizeof(cex_sink);
  sink_.ctx = this;
  sink_.emit = &RecordSink::on_emit;
  sink_.error = &RecordSink::on_error;
}

Result<void> RecordSink::finish(cex_status status) const {
  if (!breach_.empty()) return fail(Errc::plugin, breach_);
  if (status == CEX_OK) return {};
  const std::string words = error_text_.empty() ? "no reason given" : error_text_;
  if (status == CEX_E_INVALID_REQUEST) return fail(Errc::invalid_request, words);
  return fail(Errc::plugin, "answered " + std::to_string(status) + ": " + words);
}

cex_status RecordSink::on_emit(void* ctx, std::uint32_t kind, const cex_record* record) noexcept {
  auto& self = *static_cast<RecordSink*>(ctx);
  try {
    if (!self.breach_.empty()) return CEX_E_REFUSED;
    if (record == nullptr || record->struct_size < sizeof(cex_record)) {
      self.refuse("a record is null or shorter than its own head");
    } else if (self.error_code_ != CEX_OK) {
      self.refuse("a record after an error");
    } else if (++self.count_ > kMaxRecords) {
      self.refuse("more than 1024 records in one call");
    } else if ((record->required_features & ~kKnownFeatures) != 0) {
      return CEX_E_REFUSED;  // this record only: the plugin may have a plainer one
    } else {
      self.keep(kind, *record);
    }
    return self.breach_.empty() ? CEX_OK : CEX_E_REFUSED;
  } catch (const std::exception&) {
    return CEX_E_NO_MEMORY;  // copying is all that can throw here
  }
}

void RecordSink::on_error(void* ctx, cex_status code, cex_str message) noexcept {
  auto& self = *static_cast<RecordSink*>(ctx);
  self.error_code_ = code == CEX_OK ? CEX_E_INTERNAL : code;
  try {
    self.error_text_ = bounded(message);
  } catch (const std::exception&) {
    self.error_text_.clear();
  }
}

bool RecordSink::is_expected(std::uint32_t kind) const noexcept {
  switch (call_) {
    case Call::describe:
      return kind == CEX_LANGUAGE || kind == CEX_OPTION || kind == CEX_PROBE;
    case Call::recognise:
      return kind == CEX_TOOLCHAIN;
    case Call::plan:
      return kind == CEX_STEP || kind == CEX_LAYER || kind == CEX_PREBOOT || kind == CEX_FILE;
    case Call::diagnose:
      return kind == CEX_DIAGNOSTIC;
  }
  return false;
}

void RecordSink::keep(std::uint32_t kind, const cex_record& record) {
  if (kind < CEX_LANGUAGE || kind > CEX_FILE) return;  // a newer kind: nice to have
  if (!is_expected(kind)) {
    refuse("a record of kind " + std::to_string(kind) + " does not belong into this call");
    return;
  }
  switch (kind) {
    case CEX_LANGUAGE:
      keep_language(plugin_host::read_record<cex_language>(record));
      break;
    case CEX_OPTION:
      keep_option(plugin_host::read_record<cex_option>(record));
      break;
    case CEX_PROBE:
      keep_probe(plugin_host::read_record<cex_probe>(record));
      break;
    case CEX_TOOLCHAIN:
      keep_toolchain(plugin_host::read_record<cex_toolchain>(record));
      break;
    case CEX_STEP:
      keep_step(plugin_host::read_record<cex_step>(record));
      break;
    case CEX_LAYER: {
      const auto from = plugin_host::read_record<cex_layer>(record);
      plan.layers.push_back({text("layer.id", from.id), text("layer.version_key", from.version_key),
                             texts("layer.inputs", from.inputs), from.max_bytes});
      break;
    }
    case CEX_FILE:
      keep_file(plugin_host::read_record<cex_file>(record));
      break;
    case CEX_PREBOOT: {
      const auto from = plugin_host::read_record<cex_preboot>(record);
      plan.preboots.push_back({text("preboot.id", from.id), text("preboot.step", from.step),
                               texts("preboot.argv", from.argv), texts("preboot.env", from.env)});
      break;
    }
    default:
      keep_diagnostic(plugin_host::read_record<cex_diagnostic>(record));
      break;
  }
}

void RecordSink::refuse(std::string why) {
  if (breach_.empty()) breach_ = std::move(why);
}

std::string RecordSink::text(const char* field, cex_str from) {
  if (from.len == 0) return {};
  if (from.ptr == nullptr || from.len > kMaxText) {
    refuse(std::string{field} + " is null or longer than 64 KiB");
    return {};
  }
  std::string copy{from.ptr, from.len};
  if (copy.find('\0') != std::string::npos || !is_valid_utf8(copy)) {
    refuse(std::string{field} + " holds a NUL or is no UTF-8");
    return {};
  }
  return copy;
}

std::vector<std::string> RecordSink::texts(const char* field, cex_list from) {
  if (from.count == 0) return {};
  if (from.items == nullptr || from.count > kMaxItems) {
    refuse(std::string{field} + " is null or has more than 512 items");
    return {};
  }
  std::vector<std::string> copies;
  copies.reserve(from.count);
  for (std::size_t i = 0; i < from.count && breach_.empty(); ++i) {
    copies.push_back(text(field, from.items[i]));
  }
  return copies;
}

void RecordSink::keep_language(const cex_language& from) {
  langspec::Language to;
  to.id = text("language.id", from.id);
  to.name = text("language.name", from.name);
  to.family = text("language.family", from.family);
  to.aliases = texts("language.aliases", from.aliases);
  to.extensions = texts("language.extensions", from.extensions);
  to.default_file = text("language.default_file", from.default_file);
  to.editor_mode = text("language.editor_mode", from.editor_mode);
  to.hello = text("language.hello", from.hello);
  to.compiled = (from.h.flags & CEX_LANGUAGE_COMPILED) != 0;
  description.languages.push_back(std::move(to));
}

void RecordSink::keep_option(const cex_option& from) {
  using Kind = langspec::Option::Kind;
  langspec::Option to;
  to.language = text("option.language", from.language);
  to.id = text("option.id", from.id);
  to.default_value = text("option.default_value", from.default_value);
  to.allowed = texts("option.allowed", from.allowed);
  if ((from.h.flags & CEX_OPTION_FREE_TEXT) != 0) to.kind = Kind::free_text;
  if ((from.h.flags & CEX_OPTION_RUNTIME_ARGUMENT) != 0) to.kind = Kind::runtime_argument;
  if ((from.h.flags & CEX_OPTION_ARGUMENT) != 0) to.kind = Kind::compile_argument;
  description.options.push_back(std::move(to));
}

void RecordSink::keep_probe(const cex_probe& from) {
  description.probes.push_back(
      {text("probe.id", from.id), texts("probe.candidates", from.candidates),
       texts("probe.args", from.args), (from.h.flags & CEX_PROBE_EVERY) != 0});
}

void RecordSink::keep_toolchain(const cex_toolchain& from) {
  toolchains.push_back(
      {text("toolchain.id", from.id), text("toolchain.executable", from.executable),
       text("toolchain.version", from.version), text("toolchain.label", from.label),
       texts("toolchain.languages", from.languages),
       texts("toolchain.read_only_paths", from.read_only_paths)});
}

void RecordSink::keep_step(const cex_step& from) {
  if (from.phase != phase_) {
    refuse("a step of phase " + std::to_string(from.phase) + ", asked was " +
           std::to_string(phase_));
    return;
  }
  langspec::Step to;
  to.phase = static_cast<langspec::Phase>(from.phase);
  to.name = text("step.name", from.name);
  to.cwd = text("step.cwd", from.cwd);
  to.argv = texts("step.argv", from.argv);
  to.env = texts("step.env", from.env);
  to.inputs = texts("step.inputs", from.inputs);
  to.outputs = texts("step.outputs", from.outputs);
  to.layers = texts("step.layers", from.layers);
  to.needs_exec_memory = (from.h.flags & CEX_STEP_NEEDS_EXEC_MEMORY) != 0;
  to.needs_proc = (from.h.flags & CEX_STEP_NEEDS_PROC) != 0;
  to.keep_stdin = (from.h.flags & CEX_STEP_KEEP_STDIN) != 0;
  to.repeatable = (from.h.flags & CEX_STEP_REPEATABLE) != 0;
  to.attempt = (from.h.flags & CEX_STEP_ATTEMPT) != 0;
  to.unless = texts("step.unless", from.unless);
  to.hints.threads = from.hint_threads;
  to.hints.processes = from.hint_processes;
  to.hints.address_space_bytes = from.hint_address_space_bytes;
  to.hints.overhead_memory_bytes = from.hint_overhead_memory_bytes;
  to.hints.tmp_bytes = from.hint_tmp_bytes;
  to.hints.cpu_ms = from.hint_cpu_ms;
  plan.steps.push_back(std::move(to));
}

void RecordSink::keep_file(const cex_file& from) {
  const bool there = from.content.len != 0;
  if (there && (from.content.ptr == nullptr || from.content.len > kMaxContent)) {
    refuse("file.content is null or longer than 1 MiB");
    return;
  }
  plan.files.push_back({text("file.step", from.step), text("file.path", from.path),
                        there ? std::string{from.content.ptr, from.content.len} : std::string{},
                        (from.h.flags & CEX_FILE_EXECUTABLE) != 0});
}

void RecordSink::keep_diagnostic(const cex_diagnostic& from) {
  if (diagnostics.size() >= kMaxDiagnostics) return;
  Diagnostic to;
  to.severity = from.severity == CEX_SEVERITY_WARNING ? Severity::warning
                : from.severity == CEX_SEVERITY_NOTE  ? Severity::note
                                                      : Severity::error;
  to.line = from.line;
  to.column = from.column;
  to.file = cut(text("diagnostic.file", from.file));
  to.code = cut(text("diagnostic.code", from.code));
  to.message = cut(text("diagnostic.message", from.message));
  diagnostics.push_back(std::move(to));
}

}  // namespace cex::plugins
