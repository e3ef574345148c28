// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string_view>

#include <cex/testkit/recorder.hpp>

namespace cex::testkit {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxRecords = 1024;
constexpr std::size_t kMaxText = std::size_t{256} * 1024;
constexpr std::size_t kMaxItems = 512;

/// Fills a JSON object from a record's fields; what was not said is left out.
class Writer {
 public:
  Writer(Json& to, std::vector<std::string>& breaches) : to_(to), breaches_(breaches) {}

  void text(const char* name, cex_str value) {
    if (value.len != 0) to_[name] = checked(name, value);
  }
  void list(const char* name, cex_list value) {
    if (value.count == 0) return;
    if (value.count > kMaxItems || value.items == nullptr) {
      breaches_.push_back(std::string(name) + ": null items, or more than 512");
      return;
    }
    Json items = Json::array();
    for (std::size_t i = 0; i < value.count; ++i) items.push_back(checked(name, value.items[i]));
    to_[name] = std::move(items);
  }
  void number(const char* name, std::uint64_t value) {
    if (value != 0) to_[name] = value;
  }
  void flag(const char* name, const cex_record& head, std::uint32_t bit) {
    if ((head.flags & bit) != 0) to_[name] = true;
  }

 private:
  std::string checked(const char* name, cex_str value) {
    if (value.len == 0) return {};
    if (value.ptr == nullptr || value.len > kMaxText) {
      breaches_.push_back(std::string(name) + ": null pointer, or longer than 256 KiB");
      return {};
    }
    std::string copy(value.ptr, value.len);
    if (copy.find('\0') != std::string::npos)
      breaches_.push_back(std::string(name) + ": holds a NUL");
    return copy;
  }

  Json& to_;
  std::vector<std::string>& breaches_;
};

template <class T>
T read(const cex_record& record) {
  T local{};
  std::memcpy(&local, &record, std::min(sizeof(T), std::size_t{record.struct_size}));
  return local;
}

void write(Writer& to, const cex_language& from) {
  to.text("id", from.id);
  to.text("name", from.name);
  to.text("family", from.family);
  to.list("aliases", from.aliases);
  to.list("extensions", from.extensions);
  to.text("default_file", from.default_file);
  to.text("editor_mode", from.editor_mode);
  to.text("hello", from.hello);
  to.flag("compiled", from.h, CEX_LANGUAGE_COMPILED);
  to.flag("interactive", from.h, CEX_LANGUAGE_INTERACTIVE);
}

void write(Writer& to, const cex_option& from) {
  to.text("language", from.language);
  to.text("id", from.id);
  to.text("default_value", from.default_value);
  to.list("allowed", from.allowed);
  to.flag("free_text", from.h, CEX_OPTION_FREE_TEXT);
  to.flag("argument", from.h, CEX_OPTION_ARGUMENT);
  to.flag("runtime_argument", from.h, CEX_OPTION_RUNTIME_ARGUMENT);
}

void write(Writer& to, const cex_probe& from) {
  to.text("id", from.id);
  to.list("candidates", from.candidates);
  to.list("args", from.args);
  to.flag("every", from.h, CEX_PROBE_EVERY);
}

void write(Writer& to, const cex_toolchain& from) {
  to.text("id", from.id);
  to.text("executable", from.executable);
  to.text("version", from.version);
  to.text("label", from.label);
  to.list("languages", from.languages);
  to.list("read_only_paths", from.read_only_paths);
}

void write(Writer& to, const cex_step& from) {
  to.number("phase", from.phase);
  to.text("name", from.name);
  to.text("cwd", from.cwd);
  to.list("argv", from.argv);
  to.list("env", from.env);
  to.list("inputs", from.inputs);
  to.list("outputs", from.outputs);
  to.list("layers", from.layers);
  to.flag("needs_exec_memory", from.h, CEX_STEP_NEEDS_EXEC_MEMORY);
  to.flag("needs_proc", from.h, CEX_STEP_NEEDS_PROC);
  to.flag("keep_stdin", from.h, CEX_STEP_KEEP_STDIN);
  to.flag("repeatable", from.h, CEX_STEP_REPEATABLE);
  to.flag("attempt", from.h, CEX_STEP_ATTEMPT);
  to.list("unless", from.unless);
  to.number("hint_threads", from.hint_threads);
  to.number("hint_processes", from.hint_processes);
  to.number("hint_address_space_bytes", from.hint_address_space_bytes);
  to.number("hint_overhead_memory_bytes", from.hint_overhead_memory_bytes);
  to.number("hint_tmp_bytes", from.hint_tmp_bytes);
  to.number("hint_cpu_ms", from.hint_cpu_ms);
}

void write(Writer& to, const cex_layer& from) {
  to.text("id", from.id);
  to.text("version_key", from.version_key);
  to.list("inputs", from.inputs);
  to.number("max_bytes", from.max_bytes);
}

void write(Writer& to, const cex_file& from) {
  to.text("step", from.step);
  to.text("path", from.path);
  // A golden file shows plans; what a build embeds in them, programs among it, is not for reading.
  constexpr std::size_t kShown = 128;
  to.text("content", from.content.len <= kShown ? from.content : cex_str{"...", 3});
  to.flag("executable", from.h, CEX_FILE_EXECUTABLE);
}

void write(Writer& to, const cex_preboot& from) {
  to.text("id", from.id);
  to.text("step", from.step);
  to.list("argv", from.argv);
  to.list("env", from.env);
}

void write(Writer& to, const cex_diagnostic& from) {
  to.number("severity", from.severity);
  to.number("line", from.line);
  to.number("column", from.column);
  to.number("end_line", from.end_line);
  to.number("end_column", from.end_column);
  to.text("file", from.file);
  to.text("code", from.code);
  to.text("message", from.message);
}

template <class T>
Json convert(const char* kind, const cex_record& record, std::vector<std::string>& breaches) {
  Json out{{"kind", kind}};
  Writer writer{out, breaches};
  write(writer, read<T>(record));
  return out;
}

}  // namespace

Recorder::Recorder() {
  sink_.struct_size = sizeof(cex_sink);
  sink_.ctx = this;
  sink_.emit = &Recorder::on_emit;
  sink_.error = &Recorder::on_error;
}

cex_status Recorder::on_emit(void* ctx, std::uint32_t kind, const cex_record* record) noexcept {
  auto* self = static_cast<Recorder*>(ctx);
  try {
    if (record == nullptr || record->struct_size < sizeof(cex_record)) {
      self->breaches_.emplace_back("a record is null or shorter than its own head");
      return CEX_E_REFUSED;
    }
    if (self->records_.size() >= kMaxRecords) {
      self->breaches_.emplace_back("more than 1024 records in one call");
      return CEX_E_REFUSED;
    }
    if (self->error_code_ != CEX_OK) self->breaches_.emplace_back("a record after an error");
    if (record->required_features != 0) {
      self->breaches_.emplace_back("a record requires features that ABI 1.0 does not have");
      return CEX_E_REFUSED;
    }
    self->keep(kind, *record);
    return CEX_OK;
  } catch (const std::exception&) {
    return CEX_E_NO_MEMORY;
  }
}

void Recorder::keep(std::uint32_t kind, const cex_record& record) {
  switch (kind) {
    case CEX_LANGUAGE:
      records_.push_back(convert<cex_language>("language", record, breaches_));
      break;
    case CEX_OPTION:
      records_.push_back(convert<cex_option>("option", record, breaches_));
      break;
    case CEX_PROBE:
      records_.push_back(convert<cex_probe>("probe", record, breaches_));
      break;
    case CEX_TOOLCHAIN:
      records_.push_back(convert<cex_toolchain>("toolchain", record, breaches_));
      break;
    case CEX_STEP:
      records_.push_back(convert<cex_step>("step", record, breaches_));
      break;
    case CEX_LAYER:
      records_.push_back(convert<cex_layer>("layer", record, breaches_));
      break;
    case CEX_PREBOOT:
      records_.push_back(convert<cex_preboot>("preboot", record, breaches_));
      break;
    case CEX_FILE:
      records_.push_back(convert<cex_file>("file", record, breaches_));
      break;
    case CEX_DIAGNOSTIC:
      records_.push_back(convert<cex_diagnostic>("diagnostic", record, breaches_));
      break;
    default:
      break;  // a newer kind: ignored, as every host does
  }
}

void Recorder::on_error(void* ctx, cex_status code, cex_str message) noexcept {
  auto* self = static_cast<Recorder*>(ctx);
  self->error_code_ = code;
  try {
    if (message.len != 0 && message.len <= kMaxText)
      self->error_text_.assign(message.ptr, message.len);
  } catch (const std::exception&) {
    self->error_text_.clear();
  }
}

}  // namespace cex::testkit
