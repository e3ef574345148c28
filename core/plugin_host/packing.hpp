// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <cex/plugin_abi.h>

/// The plugin ABI's structs as bytes and back. Each lists its fields once, for both ways.
namespace cex::plugin_host {

/// The ABI's rule for readers: what the sender did not know is zero.
template <class T>
[[nodiscard]] T read_record(const cex_record& record) {
  T local{};
  std::memcpy(&local, &record, std::min(sizeof(T), std::size_t{record.struct_size}));
  return local;
}

/// Appends values to a string.
class Packer {
 public:
  template <class T>
  using Of = const T;

  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  void put(std::string_view text) { put(cex_str{text.data(), text.size()}); }
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  template <class T>
  requires std::is_integral_v<T>
  void put(T value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value)); }
  void put(cex_str text);
  void put(cex_list list);
  void put(const cex_record& head);

  std::string bytes_;
};

/// Reads them again. What it gives out borrows from `bytes` and from itself. Bytes that end too
/// soon or claim more than there is make ok() false for good, and values zero or empty.
class Unpacker {
 public:
  template <class T>
  using Of = T;

  explicit Unpacker(std::string_view bytes) : left_{bytes} {}
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  /// ok(), and nothing is left.
  [[nodiscard]] bool at_end() const noexcept { return ok_ && left_.empty(); }

 private:
  template <class T>
  requires std::is_integral_v<T>
  void get(T& value) {
    const std::string_view raw = take(sizeof(value));
    if (ok_) std::memcpy(&value, raw.data(), sizeof(value));
  }
  void get(cex_str& text);
  void get(cex_list& list);
  void get(cex_record& head);
  [[nodiscard]] std::string_view take(std::size_t size);

  std::string_view left_;
  std::deque<std::vector<cex_str>> lists_;
  bool ok_{true};
};

template <class A>
void fields(A& a, typename A::template Of<cex_language>& r) {
  a(r.h, r.id, r.name, r.family, r.aliases, r.extensions, r.default_file, r.editor_mode, r.hello);
}
template <class A>
void fields(A& a, typename A::template Of<cex_option>& r) {
  a(r.h, r.language, r.id, r.default_value, r.allowed);
}
template <class A>
void fields(A& a, typename A::template Of<cex_probe>& r) {
  a(r.h, r.id, r.candidates, r.args);
}
template <class A>
void fields(A& a, typename A::template Of<cex_toolchain>& r) {
  a(r.h, r.id, r.executable, r.version, r.label, r.languages, r.read_only_paths);
}
template <class A>
void fields(A& a, typename A::template Of<cex_step>& r) {
  a(r.h, r.phase, r.name, r.cwd, r.argv, r.env, r.inputs, r.outputs, r.layers, r.hint_threads,
    r.hint_processes, r.hint_address_space_bytes, r.hint_overhead_memory_bytes, r.hint_tmp_bytes,
    r.hint_cpu_ms, r.unless);
}
template <class A>
void fields(A& a, typename A::template Of<cex_layer>& r) {
  a(r.h, r.id, r.version_key, r.inputs, r.max_bytes);
}
template <class A>
void fields(A& a, typename A::template Of<cex_file>& r) {
  a(r.h, r.step, r.path, r.content);
}
template <class A>
void fields(A& a, typename A::template Of<cex_preboot>& r) {
  a(r.h, r.id, r.step, r.argv, r.env);
}
template <class A>
void fields(A& a, typename A::template Of<cex_diagnostic>& r) {
  a(r.h, r.severity, r.line, r.column, r.end_line, r.end_column, r.file, r.code, r.message);
}
template <class A>
void fields(A& a, typename A::template Of<cex_probe_output>& r) {
  a(r.h, r.probe, r.executable, r.exit_code, r.out, r.err);
}
template <class A>
void fields(A& a, typename A::template Of<cex_plan_request>& r) {
  a(r.h, r.phase, r.cpus_milli, r.memory_bytes, r.language, r.toolchain, r.executable, r.version,
    r.box_dir, r.out_dir, r.entry_file, r.files, r.options, r.args, r.compile_args, r.runtime_args,
    r.contents, r.layers, r.tools);
}
template <class A>
void fields(A& a, typename A::template Of<cex_compiler_output>& r) {
  a(r.h, r.language, r.text);
}

/// Calls `use` with a std::type_identity of the struct of this kind; false for a kind that we do
/// not know.
template <class Use>
bool with_kind(std::uint32_t kind, Use&& use) {
  switch (kind) {
    case CEX_LANGUAGE:
      return use(std::type_identity<cex_language>{}), true;
    case CEX_OPTION:
      return use(std::type_identity<cex_option>{}), true;
    case CEX_PROBE:
      return use(std::type_identity<cex_probe>{}), true;
    case CEX_TOOLCHAIN:
      return use(std::type_identity<cex_toolchain>{}), true;
    case CEX_STEP:
      return use(std::type_identity<cex_step>{}), true;
    case CEX_LAYER:
      return use(std::type_identity<cex_layer>{}), true;
    case CEX_PREBOOT:
      return use(std::type_identity<cex_preboot>{}), true;
    case CEX_DIAGNOSTIC:
      return use(std::type_identity<cex_diagnostic>{}), true;
    case CEX_FILE:
      return use(std::type_identity<cex_file>{}), true;
    default:
      return false;
  }
}

}  // namespace cex::plugin_host
