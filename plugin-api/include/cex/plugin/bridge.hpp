// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <cex/plugin/values.hpp>
#include <cex/plugin_abi.h>

/// Between the C records and the C++ values. Nothing here is for authors.
namespace cex::plugin::detail {

inline cex_str view(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view view(cex_str text) {
  return text.len == 0 ? std::string_view{} : std::string_view{text.ptr, text.len};
}

inline std::vector<std::string_view> view(cex_list list) {
  std::vector<std::string_view> out;
  out.reserve(list.count);
  for (std::size_t i = 0; i < list.count; ++i) out.push_back(view(list.items[i]));
  return out;
}

/// Keeps the array that a cex_list points at.
class ListView {
 public:
  explicit ListView(const Strings& strings) {
    items_.reserve(strings.size());
    for (const std::string& text : strings) items_.push_back(view(text));
  }
  [[nodiscard]] cex_list get() const { return {items_.data(), items_.size()}; }

 private:
  std::vector<cex_str> items_;
};

/// The reader's rule: what the sender did not know is zero.
template <class T>
T read(const T* from, std::uint32_t sender_size) {
  T local{};
  std::memcpy(&local, from, std::min(sizeof(T), static_cast<std::size_t>(sender_size)));
  return local;
}
template <class T>
T read_request(const T* from) {
  return read(from, from->h.struct_size);
}

template <class T>
T make_record(std::uint32_t flags = 0) {
  T record{};
  record.h.struct_size = sizeof(T);
  record.h.flags = flags;
  return record;
}

inline std::uint32_t flag(bool set, std::uint32_t bit) {
  return set ? bit : 0u;
}

/// Leaves the slot with the status that the host's emit() gave.
struct EmitRefused {
  cex_status status;
};

class Sink {
 public:
  explicit Sink(const cex_sink& sink) : sink_(sink) {}

  template <class T>
  void emit(std::uint32_t kind, const T& record) const {
    if (const cex_status status = sink_.emit(sink_.ctx, kind, &record.h); status != CEX_OK) {
      throw EmitRefused{status};
    }
  }

  void put(const Language& from) const {
    const ListView aliases{from.aliases};
    const ListView extensions{from.extensions};
    auto to = make_record<cex_language>(flag(from.compiled, CEX_LANGUAGE_COMPILED) |
                                        flag(from.interactive, CEX_LANGUAGE_INTERACTIVE));
    to.id = view(from.id);
    to.name = view(from.name);
    to.family = view(from.family);
    to.aliases = aliases.get();
    to.extensions = extensions.get();
    to.default_file = view(from.default_file);
    to.editor_mode = view(from.editor_mode);
    to.hello = view(from.hello);
    emit(CEX_LANGUAGE, to);
  }

  void put(const Option& from) const {
    const ListView allowed{from.allowed};
    auto to = make_record<cex_option>(static_cast<std::uint32_t>(from.kind));
    to.language = view(from.language);
    to.id = view(from.id);
    to.default_value = view(from.default_value);
    to.allowed = allowed.get();
    emit(CEX_OPTION, to);
  }

  void put(const Probe& from) const {
    const ListView candidates{from.candidates};
    const ListView args{from.args};
    auto to = make_record<cex_probe>(flag(from.every, CEX_PROBE_EVERY));
    to.id = view(from.id);
    to.candidates = candidates.get();
    to.args = args.get();
    emit(CEX_PROBE, to);
  }

  void put(const Toolchain& from) const {
    const ListView languages{from.languages};
    const ListView paths{from.read_only_paths};
    auto to = make_record<cex_toolchain>();
    to.id = view(from.id);
    to.executable = view(from.executable);
    to.version = view(from.version);
    to.label = view(from.label);
    to.languages = languages.get();
    to.read_only_paths = paths.get();
    emit(CEX_TOOLCHAIN, to);
  }

  void put(const Step& from, Phase phase) const {
    const ListView argv{from.argv};
    const ListView env{from.env};
    const ListView inputs{from.inputs};
    const ListView outputs{from.outputs};
    const ListView layers{from.layers};
    const ListView unless{from.unless};
    auto to = make_record<cex_step>(
        flag(from.needs_exec_memory, CEX_STEP_NEEDS_EXEC_MEMORY) |
        flag(from.needs_proc, CEX_STEP_NEEDS_PROC) | flag(from.keep_stdin, CEX_STEP_KEEP_STDIN) |
        flag(from.repeatable, CEX_STEP_REPEATABLE) | flag(from.attempt, CEX_STEP_ATTEMPT));
    to.phase = static_cast<std::uint32_t>(phase);
    to.name = view(from.name);
    to.cwd = view(from.cwd);
    to.argv = argv.get();
    to.env = env.get();
    to.inputs = inputs.get();
    to.outputs = outputs.get();
    to.layers = layers.get();
    to.hint_threads = from.hints.threads;
    to.hint_processes = from.hints.processes;
    to.hint_address_space_bytes = from.hints.address_space_bytes;
    to.hint_overhead_memory_bytes = from.hints.overhead_memory_bytes;
    to.hint_tmp_bytes = from.hints.tmp_bytes;
    to.hint_cpu_ms = from.hints.cpu_ms;
    to.unless = unless.get();
    emit(CEX_STEP, to);
  }

  void put(const Layer& from) const {
    const ListView inputs{from.inputs};
    auto to = make_record<cex_layer>();
    to.id = view(from.id);
    to.version_key = view(from.version_key);
    to.inputs = inputs.get();
    to.max_bytes = from.max_bytes;
    emit(CEX_LAYER, to);
  }

  void put(const File& from) const {
    auto to = make_record<cex_file>(flag(from.executable, CEX_FILE_EXECUTABLE));
    to.step = view(from.step);
    to.path = view(from.path);
    to.content = view(from.content);
    emit(CEX_FILE, to);
  }

  void put(const Preboot& from) const {
    const ListView argv{from.argv};
    const ListView env{from.env};
    auto to = make_record<cex_preboot>();
    to.id = view(from.id);
    to.step = view(from.step);
    to.argv = argv.get();
    to.env = env.get();
    emit(CEX_PREBOOT, to);
  }

  void put(const Diagnostic& from) const {
    auto to = make_record<cex_diagnostic>();
    to.severity = static_cast<std::uint32_t>(from.severity);
    to.line = from.line;
    to.column = from.column;
    to.end_line = from.end_line;
    to.end_column = from.end_column;
    to.file = view(from.file);
    to.code = view(from.code);
    to.message = view(from.message);
    emit(CEX_DIAGNOSTIC, to);
  }

  cex_status fail(cex_status code, std::string_view message) const noexcept {
    if (sink_.error != nullptr) sink_.error(sink_.ctx, code, view(message));
    return code;
  }

 private:
  const cex_sink& sink_;
};

inline ProbeOutput to_value(const cex_probe_output& from) {
  ProbeOutput to;
  to.probe = view(from.probe);
  to.executable = view(from.executable);
  to.exit_code = from.exit_code;
  to.out = view(from.out);
  to.err = view(from.err);
  return to;
}

inline CompilerOutput to_value(const cex_compiler_output& from) {
  CompilerOutput to;
  to.language = view(from.language);
  to.text = view(from.text);
  to.truncated = (from.h.flags & CEX_OUTPUT_TRUNCATED) != 0;
  return to;
}

inline PlanRequest to_value(const cex_plan_request& from) {
  PlanRequest to;
  to.phase = static_cast<Phase>(from.phase);
  to.cpus_milli = from.cpus_milli;
  to.memory_bytes = from.memory_bytes;
  to.language = view(from.language);
  to.toolchain = view(from.toolchain);
  to.executable = view(from.executable);
  to.version = view(from.version);
  to.box_dir = view(from.box_dir);
  to.out_dir = view(from.out_dir);
  to.entry_file = view(from.entry_file);
  to.files = view(from.files);
  to.options = view(from.options);
  to.args = view(from.args);
  to.compile_args = view(from.compile_args);
  to.runtime_args = view(from.runtime_args);
  to.contents = view(from.contents);
  to.layers = view(from.layers);
  to.tools = view(from.tools);
  return to;
}

/// Runs the author's code; whatever it throws becomes a status and a text.
template <class Call>
cex_status guarded(const cex_sink* host_sink, Call&& call) noexcept {
  if (host_sink == nullptr) return CEX_E_INTERNAL;
  const cex_sink local = read(host_sink, host_sink->struct_size);
  const Sink sink{local};
  try {
    call(sink);
    return CEX_OK;
  } catch (const EmitRefused& refused) {
    return refused.status;
  } catch (const BadRequest& problem) {
    return sink.fail(CEX_E_INVALID_REQUEST, problem.what());
  } catch (const std::bad_alloc&) {
    return sink.fail(CEX_E_NO_MEMORY, "out of memory");
  } catch (const std::exception& problem) {
    return sink.fail(CEX_E_INTERNAL, problem.what());
  } catch (...) {
    return sink.fail(CEX_E_INTERNAL, "the plugin threw something that is no std::exception");
  }
}

}  // namespace cex::plugin::detail
