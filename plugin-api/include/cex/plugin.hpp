// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <cex/plugin/bridge.hpp>
#include <cex/plugin/values.hpp>
#include <cex/plugin_abi.h>

/// What an author includes: derive from LangSpec, write CEX_PLUGIN(...) in one source file.
/// C++17, header-only; the author's own compiler and standard library.
namespace cex::plugin {

/// The host, as a constructor `MySpec(const Host&)` may keep it.
class Host {
 public:
  explicit Host(const cex_host& host) : host_(&host) {}

  [[nodiscard]] std::string_view version() const { return detail::view(host_->version); }

  /// A line in the host's log; level 0 debug, 1 info, 2 warning, 3 error. Any thread.
  void log(int level, std::string_view message) const {
    if (host_->log != nullptr) host_->log(host_->ctx, level, detail::view(message));
  }

 private:
  const cex_host* host_;
};

/// Receives what describe() has to say.
class Describe {
 public:
  explicit Describe(const detail::Sink& sink) : sink_(sink) {}
  void language(const Language& value) { sink_.put(value); }
  void option(const Option& value) { sink_.put(value); }
  void probe(const Probe& value) { sink_.put(value); }

 private:
  const detail::Sink& sink_;
};

/// A language, or a family of them. Every method is const, may run on several threads at once, and
/// is deterministic: same question, same answer; no files, no clock, no environment. Throwing is
/// allowed: BadRequest reaches the user, anything else the operator.
class LangSpec {
 public:
  LangSpec() = default;
  virtual ~LangSpec() = default;
  LangSpec(const LangSpec&) = delete;
  LangSpec& operator=(const LangSpec&) = delete;

  /// Which languages there are, what users may choose, what to probe for.
  virtual void describe(Describe& describe) const = 0;
  /// Empty when the output is not that of a tool chain of this plugin.
  [[nodiscard]] virtual std::optional<Toolchain> recognise(const ProbeOutput& output) const = 0;
  /// What to run in the asked phase; an empty plan when there is nothing to do.
  [[nodiscard]] virtual Plan plan(const PlanRequest& request) const = 0;
  /// Reads what a compiler said. The text is hostile; <cex/scan.hpp> has scanners for it.
  [[nodiscard]] virtual std::vector<Diagnostic> diagnose(const CompilerOutput& /*output*/) const {
    return {};
  }
  /// A table for "cex.NAME/REV", or null; see cex/ext/draft.
  [[nodiscard]] virtual const void* extension(const char* /*id*/) const { return nullptr; }
};

namespace detail {

/// The slots of one plugin object, each noexcept.
template <class Spec>
struct Slots {
  static_assert(std::is_base_of_v<LangSpec, Spec>,
                "CEX_PLUGIN takes a class derived from LangSpec");

  struct Instance {
    explicit Instance(const cex_host& from)
        : host_record(read(&from, from.struct_size)), host(host_record), spec(make(host)) {}
    cex_host host_record;
    Host host;
    Spec spec;

    static Spec make(const Host& host) {
      if constexpr (std::is_constructible_v<Spec, const Host&>) {
        return Spec(host);
      } else {
        static_cast<void>(host);
        return Spec();
      }
    }
  };

  static const LangSpec& spec_of(void* self) { return static_cast<Instance*>(self)->spec; }

  static cex_status open(const cex_host* host, void** self) noexcept {
    if (host == nullptr || self == nullptr) return CEX_E_INTERNAL;
    try {
      *self = new Instance(*host);
      return CEX_OK;
    } catch (const std::bad_alloc&) {
      return CEX_E_NO_MEMORY;
    } catch (const std::exception& problem) {
      Host(*host).log(3, problem.what());
      return CEX_E_UNSUPPORTED;
    } catch (...) {
      return CEX_E_INTERNAL;
    }
  }

  static void close(void* self) noexcept { delete static_cast<Instance*>(self); }

  static cex_status describe(void* self, const cex_sink* sink) noexcept {
    return guarded(sink, [&](const Sink& out) {
      Describe describe{out};
      spec_of(self).describe(describe);
    });
  }

  static cex_status recognise(void* self, const cex_probe_output* output,
                              const cex_sink* sink) noexcept {
    return guarded(sink, [&](const Sink& out) {
      const cex_probe_output local = read_request(output);
      if (const auto toolchain = spec_of(self).recognise(to_value(local))) out.put(*toolchain);
    });
  }

  static cex_status plan(void* self, const cex_plan_request* request,
                         const cex_sink* sink) noexcept {
    return guarded(sink, [&](const Sink& out) {
      const PlanRequest value = to_value(read_request(request));
      const Plan plan = spec_of(self).plan(value);
      for (const Layer& layer : plan.layers) out.put(layer);
      for (const Step& step : plan.steps) out.put(step, value.phase);
      for (const File& file : plan.files) out.put(file);
      for (const Preboot& preboot : plan.preboots) out.put(preboot);
    });
  }

  static cex_status diagnose(void* self, const cex_compiler_output* output,
                             const cex_sink* sink) noexcept {
    return guarded(sink, [&](const Sink& out) {
      const cex_compiler_output local = read_request(output);
      for (const Diagnostic& found : spec_of(self).diagnose(to_value(local))) out.put(found);
    });
  }

  static const void* extension(void* self, const char* id) noexcept {
    try {
      return spec_of(self).extension(id);
    } catch (...) {
      return nullptr;  // the slot has no other way to say no
    }
  }
};

}  // namespace detail
}  // namespace cex::plugin

/// Exports the plugin; write it once, at namespace scope, outside any namespace.
/// All three texts are string literals: "org.example.go", "1.2.0", oldest host that will do
/// "0.1.0".
#define CEX_PLUGIN(Spec, plugin_id, plugin_version, minimum_host) \
  extern "C" CEX_EXPORT const cex_plugin cex_plugin_v1 = {        \
      CEX_ABI_MAGIC,                                              \
      sizeof(cex_plugin),                                         \
      CEX_ABI_MAJOR,                                              \
      CEX_ABI_MINOR,                                              \
      0u,                                                         \
      plugin_id,                                                  \
      plugin_version,                                             \
      minimum_host,                                               \
      &::cex::plugin::detail::Slots<Spec>::open,                  \
      &::cex::plugin::detail::Slots<Spec>::close,                 \
      &::cex::plugin::detail::Slots<Spec>::describe,              \
      &::cex::plugin::detail::Slots<Spec>::recognise,             \
      &::cex::plugin::detail::Slots<Spec>::plan,                  \
      &::cex::plugin::detail::Slots<Spec>::diagnose,              \
      &::cex::plugin::detail::Slots<Spec>::extension};
