// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/call_policy.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstddef>
#include <map>
#include <set>
#include <utility>

namespace cex::sandbox {
namespace {

using Rules = std::vector<CallRule>;

constexpr std::uint32_t kNumberAt = offsetof(seccomp_data, nr);
constexpr std::uint32_t kArchitectureAt = offsetof(seccomp_data, arch);
constexpr std::uint32_t kX32Bit = 0x40000000U;

constexpr std::uint32_t argument_at(unsigned index, bool high) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args)) + 8 * index + (high ? 4 : 0);
}
constexpr std::uint32_t half(std::uint64_t value, bool high) {
  return static_cast<std::uint32_t>(high ? value >> 32U : value);
}

// Instructions with names for places further on; jumps only go forward.
class Assembler {
 public:
  using Label = std::size_t;

  Label label() {
    places_.push_back(kNowhere);
    return places_.size() - 1;
  }
  void place(Label label) { places_[label] = code_.size(); }

  void load(std::uint32_t at) { emit(BPF_LD | BPF_W | BPF_ABS, at); }
  void mask(std::uint32_t bits) { emit(BPF_ALU | BPF_AND | BPF_K, bits); }
  void answer(std::uint32_t action) { emit(BPF_RET | BPF_K, action); }
  void go(Label to) {
    emit(BPF_JMP | BPF_JA, 0);
    code_.back().yes = to;
  }
  void branch(unsigned test, std::uint32_t value, Label yes, Label no) {
    emit(BPF_JMP | BPF_K | test, value);
    code_.back().yes = yes;
    code_.back().no = no;
  }

  [[nodiscard]] Result<std::string> finish() const {
    std::string bytes;
    for (std::size_t at = 0; at < code_.size(); ++at) {
      const Instruction& one = code_[at];
      sock_filter out{one.code, 0, 0, one.k};
      const bool unconditional = one.code == (BPF_JMP | BPF_JA);
      if (unconditional) out.k = static_cast<std::uint32_t>(distance(at, one.yes));
      if (!unconditional && BPF_CLASS(one.code) == BPF_JMP) {
        const std::size_t yes = distance(at, one.yes);
        const std::size_t no = distance(at, one.no);
        if (yes > 0xff || no > 0xff) return fail(Errc::internal, "the call filter is too long");
        out.jt = static_cast<std::uint8_t>(yes);
        out.jf = static_cast<std::uint8_t>(no);
      }
      bytes.append(reinterpret_cast<const char*>(&out), sizeof(out));
    }
    return bytes;
  }

 private:
  static constexpr std::size_t kNowhere = ~std::size_t{0};
  struct Instruction {
    std::uint16_t code;
    std::uint32_t k;
    Label yes;
    Label no;
  };

  void emit(unsigned code, std::uint32_t k) {
    code_.push_back({static_cast<std::uint16_t>(code), k, 0, 0});
  }
  [[nodiscard]] std::size_t distance(std::size_t from, Label to) const {
    return places_[to] - from - 1;
  }

  std::vector<Instruction> code_;
  std::vector<std::size_t> places_;
};

// Neighbouring calls with the same answer.
struct Range {
  std::uint32_t first;
  const Rules* rules;  ///< null: the policy's own answer
};

bool same_rules(const Rules* left, const Rules* right) {
  if (left == nullptr || right == nullptr) return left == right;
  return *left == *right;
}

std::vector<Range> ranges_of(const CallPolicy& policy) {
  std::vector<Range> ranges{{0, nullptr}};
  const auto begin_at = [&ranges](std::uint32_t first, const Rules* rules) {
    if (ranges.back().first == first) ranges.pop_back();
    if (ranges.empty() || !same_rules(ranges.back().rules, rules)) ranges.push_back({first, rules});
  };
  for (const auto& [number, rules] : policy.calls) {
    const auto first = static_cast<std::uint32_t>(number);
    begin_at(first, &rules);
    if (!policy.calls.contains(number + 1)) begin_at(first + 1, nullptr);
  }
  return ranges;
}

class Encoder {
 public:
  explicit Encoder(const CallPolicy& policy) : policy_{policy}, ranges_{ranges_of(policy)} {}

  Result<std::string> run() {
    check_architecture();
    search(0, ranges_.size());
    for (const auto& [rules, label] : answers_) {
      out_.place(label);
      write_or_refer(rules);
    }
    for (const auto& [rules, label] : far_) {
      out_.place(label);
      write_tests(*rules);
    }
    return out_.finish();
  }

 private:
  void check_architecture() {
    const auto known = out_.label();
    const auto foreign = out_.label();
    const auto own = out_.label();
    const auto begin = out_.label();
    out_.load(kArchitectureAt);
    out_.branch(BPF_JEQ, AUDIT_ARCH_X86_64, known, foreign);
    out_.place(known);
    out_.load(kNumberAt);
    out_.branch(BPF_JGE, kX32Bit, own, begin);
    out_.place(own);
    // -1 is what a tracer sets to skip a call.
    out_.branch(BPF_JEQ, ~std::uint32_t{0}, begin, foreign);
    out_.place(foreign);
    out_.answer(SECCOMP_RET_KILL_PROCESS);
    out_.place(begin);
  }

  void search(std::size_t begin, std::size_t end) {
    const std::size_t middle = begin + (end - begin) / 2;
    const bool low_is_leaf = middle - begin == 1;
    const bool high_is_leaf = end - middle == 1;
    const auto low = low_is_leaf ? answer_of(ranges_[begin].rules) : out_.label();
    const auto high = high_is_leaf ? answer_of(ranges_[middle].rules) : out_.label();
    out_.branch(BPF_JGE, ranges_[middle].first, high, low);
    if (!low_is_leaf) {
      out_.place(low);
      search(begin, middle);
    }
    if (!high_is_leaf) {
      out_.place(high);
      search(middle, end);
    }
  }

  Assembler::Label answer_of(const Rules* rules) {
    for (const auto& [known, label] : answers_) {
      if (same_rules(known, rules)) return label;
    }
    answers_.emplace_back(rules, out_.label());
    return answers_.back().second;
  }

  // Near the tree, whose jumps reach 255 instructions: an answer, or the way to the tests.
  void write_or_refer(const Rules* rules) {
    if (rules == nullptr) return out_.answer(policy_.otherwise);
    if (rules->front().when.empty()) return out_.answer(rules->front().action);
    far_.emplace_back(rules, out_.label());
    out_.go(far_.back().second);
  }

  void write_tests(const Rules& rules) {
    for (const CallRule& rule : rules) {
      const auto next = out_.label();
      for (const ArgumentTest& test : rule.when) write_test(test, next);
      out_.answer(rule.action);
      out_.place(next);
      if (rule.when.empty()) return;
    }
    out_.answer(policy_.otherwise);
  }

  // Falls through if the test holds. Values with the same upper half follow one another.
  void write_test(const ArgumentTest& test, Assembler::Label otherwise) {
    const std::uint32_t upper = half(test.values.front(), true);
    if (half(test.mask, true) != 0) {
      const auto holds = out_.label();
      load_half(test, true);
      out_.branch(BPF_JEQ, upper, holds, otherwise);
      out_.place(holds);
    }
    if (half(test.mask, false) == 0) return;
    load_half(test, false);
    const auto holds = out_.label();
    const auto runs = runs_of(test.values);
    for (const auto& [first, last] : runs) {
      const auto next = last == runs.rbegin()->second ? otherwise : out_.label();
      if (first == last) {
        out_.branch(BPF_JEQ, first, holds, next);
      } else {
        const auto inside = out_.label();
        out_.branch(BPF_JGE, first, inside, otherwise);  // in order: nor is it in one further on
        out_.place(inside);
        out_.branch(BPF_JGT, last, next, holds);
      }
      if (next != otherwise) out_.place(next);
    }
    out_.place(holds);
  }

  // Lower halves, in order, from the first to the last that follow one another.
  static std::map<std::uint32_t, std::uint32_t> runs_of(const std::vector<std::uint64_t>& values) {
    std::set<std::uint32_t> sorted;
    for (const std::uint64_t value : values) sorted.insert(half(value, false));
    std::map<std::uint32_t, std::uint32_t> runs;
    for (const std::uint32_t value : sorted) {
      if (!runs.empty() && runs.rbegin()->second + 1 == value) {
        runs.rbegin()->second = value;
      } else {
        runs[value] = value;
      }
    }
    return runs;
  }

  void load_half(const ArgumentTest& test, bool high) {
    out_.load(argument_at(test.index, high));
    const std::uint32_t bits = half(test.mask, high);
    if (bits != ~std::uint32_t{0}) out_.mask(bits);
  }

  const CallPolicy& policy_;
  std::vector<Range> ranges_;
  Assembler out_;
  std::vector<std::pair<const Rules*, Assembler::Label>> answers_;
  std::vector<std::pair<const Rules*, Assembler::Label>> far_;
};

// The upper halves are compared once for all values.
bool is_encodable(const CallPolicy& policy) {
  for (const auto& [number, rules] : policy.calls) {
    if (number < 0 || rules.empty()) return false;
    for (const CallRule& rule : rules) {
      for (const ArgumentTest& test : rule.when) {
        if (test.values.empty() || test.index > 5) return false;
        for (const std::uint64_t value : test.values) {
          if ((value & ~test.mask) != 0) return false;
          if (half(value, true) != half(test.values.front(), true)) return false;
        }
      }
    }
  }
  return !policy.calls.empty();
}

}  // namespace

Result<std::string> encode(const CallPolicy& policy) {
  if (!is_encodable(policy)) return fail(Errc::internal, "the call policy makes no sense");
  return Encoder{policy}.run();
}

}  // namespace cex::sandbox
