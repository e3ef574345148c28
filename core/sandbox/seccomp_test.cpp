// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/seccomp.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <seccomp.h>

#include "core/base/unique_fd.hpp"

namespace cex::sandbox {
namespace {

constexpr std::uint32_t kAllow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kKill = SECCOMP_RET_KILL_PROCESS;
constexpr int kNumbers = 520;  // beyond the last call of today's kernels

std::uint32_t error(int number) {
  return SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(number);
}

seccomp_data call(int number, const std::array<std::uint64_t, 6>& arguments = {}) {
  seccomp_data data{};
  data.nr = number;
  data.arch = AUDIT_ARCH_X86_64;
  std::copy(arguments.begin(), arguments.end(), data.args);
  return data;
}

std::uint32_t load(const seccomp_data& data, std::uint32_t at) {
  std::uint32_t word = 0;
  std::memcpy(&word, reinterpret_cast<const char*>(&data) + at, sizeof(word));
  return word;
}

bool jumps(const sock_filter& step, std::uint32_t value) {
  switch (BPF_OP(step.code)) {
    case BPF_JEQ:
      return value == step.k;
    case BPF_JGE:
      return value >= step.k;
    case BPF_JGT:
      return value > step.k;
    default:
      return (value & step.k) != 0;  // BPF_JSET
  }
}

// What the kernel would answer: the instructions that classic BPF filters of ours and of
// libseccomp's are made of.
std::uint32_t answer(const std::string& filter, const seccomp_data& data) {
  std::vector<sock_filter> code(filter.size() / sizeof(sock_filter));
  std::memcpy(code.data(), filter.data(), filter.size());
  std::uint32_t value = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const sock_filter& step = code[at];
    switch (BPF_CLASS(step.code)) {
      case BPF_LD:
        value = load(data, step.k);
        break;
      case BPF_ALU:
        value &= step.k;
        break;
      case BPF_RET:
        return step.k;
      default:
        at += BPF_OP(step.code) == BPF_JA ? step.k : jumps(step, value) ? step.jt : step.jf;
    }
  }
  ADD_FAILURE() << "the filter ends without an answer";
  return 0;
}

bool holds(const ArgumentTest& test, const seccomp_data& data) {
  const std::uint64_t masked = data.args[test.index] & test.mask;
  return std::find(test.values.begin(), test.values.end(), masked) != test.values.end();
}

std::uint32_t answer(const CallPolicy& policy, const seccomp_data& data) {
  const auto found = policy.calls.find(data.nr);
  if (found == policy.calls.end()) return policy.otherwise;
  for (const CallRule& rule : found->second) {
    const bool all = std::all_of(rule.when.begin(), rule.when.end(),
                                 [&](const ArgumentTest& test) { return holds(test, data); });
    if (all) return rule.action;
  }
  return policy.otherwise;
}

// Each argument that a rule looks at takes each value that any rule names, its neighbours, and the
// same with a bit set that the kernel does not look at.
void for_all_arguments(const std::vector<CallRule>& rules,
                       const std::function<void(const std::array<std::uint64_t, 6>&)>& visit) {
  std::array<std::set<std::uint64_t>, 6> interesting;
  for (const CallRule& rule : rules) {
    for (const ArgumentTest& test : rule.when) {
      for (const std::uint64_t value : test.values) {
        interesting[test.index].insert({value, value + 1, value - 1, value | (1ULL << 32U),
                                        value | (1ULL << 63U), value | test.mask, ~test.mask,
                                        value | 0x80000ULL});
      }
    }
  }
  std::array<std::uint64_t, 6> arguments{};
  const std::function<void(std::size_t)> choose = [&](std::size_t index) {
    if (index == arguments.size()) return visit(arguments);
    if (interesting[index].empty()) return choose(index + 1);
    for (const std::uint64_t value : interesting[index]) {
      arguments[index] = value;
      choose(index + 1);
    }
  };
  choose(0);
}

// In libseccomp a rule without arguments wins over all others of its call, so what ours answers by
// the order of rules it cannot say.
bool libseccomp_can_say(const std::vector<CallRule>& rules) {
  return rules.size() == 1 || std::none_of(rules.begin(), rules.end(),
                                           [](const CallRule& rule) { return rule.when.empty(); });
}

void add(scmp_filter_ctx context, int number, const CallRule& rule,
         std::vector<scmp_arg_cmp> chosen = {}) {
  if (chosen.size() == rule.when.size()) {
    ASSERT_EQ(seccomp_rule_add_array(context, rule.action, number,
                                     static_cast<unsigned>(chosen.size()), chosen.data()),
              0);
    return;
  }
  const ArgumentTest& test = rule.when[chosen.size()];
  for (const std::uint64_t value : test.values) {
    auto with = chosen;
    with.push_back(SCMP_CMP64(test.index, SCMP_CMP_MASKED_EQ, test.mask, value));
    add(context, number, rule, with);
  }
}

std::string by_libseccomp(const CallPolicy& policy) {
  const std::unique_ptr<void, void (*)(scmp_filter_ctx)> context{seccomp_init(policy.otherwise),
                                                                 seccomp_release};
  for (const auto& [number, rules] : policy.calls) {
    if (!libseccomp_can_say(rules)) continue;
    for (const CallRule& rule : rules) {
      if (rule.action != policy.otherwise) add(context.get(), number, rule);
    }
  }
  EXPECT_EQ(seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, kKill), 0);
  const UniqueFd file{::memfd_create("seccomp", MFD_CLOEXEC)};
  EXPECT_EQ(seccomp_export_bpf(context.get(), file.get()), 0);
  std::string bpf(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  EXPECT_EQ(::pread(file.get(), bpf.data(), bpf.size(), 0), static_cast<ssize_t>(bpf.size()));
  return bpf;
}

class SeccompFilter : public ::testing::TestWithParam<CallPolicy (*)()> {};

TEST_P(SeccompFilter, answers_as_its_policy_and_as_libseccomp) {
  const CallPolicy policy = GetParam()();
  const auto filter = encode(policy);
  ASSERT_TRUE(filter) << filter.error().message;
  const std::string reference = by_libseccomp(policy);
  const std::vector<CallRule> none;
  for (int number = 0; number < kNumbers; ++number) {
    const auto found = policy.calls.find(number);
    const auto& rules = found == policy.calls.end() ? none : found->second;
    const bool comparable = libseccomp_can_say(rules) || rules.empty();
    for_all_arguments(rules, [&](const std::array<std::uint64_t, 6>& arguments) {
      const auto data = call(number, arguments);
      const std::uint32_t ours = answer(*filter, data);
      ASSERT_EQ(ours, answer(policy, data)) << number << ' ' << ::testing::PrintToString(arguments);
      if (!comparable) return;
      ASSERT_EQ(ours, answer(reference, data))
          << number << ' ' << ::testing::PrintToString(arguments);
    });
  }
}

TEST_P(SeccompFilter, kills_whoever_speaks_another_architecture) {
  const auto filter = encode(GetParam()());
  ASSERT_TRUE(filter);
  auto foreign = call(1);
  foreign.arch = AUDIT_ARCH_I386;
  EXPECT_EQ(answer(*filter, foreign), kKill);
  EXPECT_EQ(answer(*filter, call(0x40000000 | 1)), kKill);  // x32
  EXPECT_NE(answer(*filter, call(-1)), kKill);              // a call that a tracer skips
}

INSTANTIATE_TEST_SUITE_P(Policies, SeccompFilter, ::testing::Values(run_policy, compile_policy),
                         [](const auto& policy) { return policy.index == 0 ? "run" : "compile"; });

std::uint32_t in_a_box(const char* name, const std::array<std::uint64_t, 6>& arguments = {}) {
  static const std::string kFilter = *encode(run_policy());
  return answer(kFilter, call(seccomp_syscall_resolve_name(name), arguments));
}

TEST(SeccompPolicy, lets_programs_work_and_answers_what_they_can_go_on_with) {
  EXPECT_EQ(in_a_box("read"), kAllow);
  EXPECT_EQ(in_a_box("mount"), error(EPERM));
  EXPECT_EQ(in_a_box("clone3"), error(ENOSYS));
  EXPECT_EQ(in_a_box("clone", {SIGCHLD}), kAllow);
  EXPECT_EQ(in_a_box("clone", {SIGCHLD | CLONE_NEWUSER}), error(EPERM));
  EXPECT_EQ(in_a_box("mmap", {0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS}), kAllow);
  EXPECT_EQ(in_a_box("mmap", {0, 4096, 3, MAP_PRIVATE | MAP_HUGETLB}), error(ENOMEM));
  EXPECT_EQ(in_a_box("socket", {AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0}), kAllow);
  EXPECT_EQ(in_a_box("socket", {AF_INET, SOCK_RAW, 0}), error(EAFNOSUPPORT));
  EXPECT_EQ(in_a_box("socket", {AF_VSOCK, SOCK_STREAM, 0}), error(EAFNOSUPPORT));
  EXPECT_EQ(in_a_box("setsockopt", {3, IPPROTO_TCP, 1}), kAllow);
  EXPECT_EQ(in_a_box("setsockopt", {3, IPPROTO_IPV6, 26}), kAllow);
  EXPECT_EQ(in_a_box("setsockopt", {3, IPPROTO_IPV6 | (1ULL << 32U), 32}), error(EPERM));
}

TEST(SeccompPolicy, that_makes_no_sense_is_refused) {
  EXPECT_FALSE(encode({}));
  EXPECT_FALSE(encode({kAllow, {{1, {}}}}));
  EXPECT_FALSE(encode({kAllow, {{1, {{kKill, {{0, 1, {2}}}}}}}}));      // never true
  EXPECT_FALSE(encode({kAllow, {{1, {{kKill, {{6, ~0ULL, {2}}}}}}}}));  // no such argument
  EXPECT_FALSE(encode({kAllow, {{1, {{kKill, {{0, ~0ULL, {1, 1ULL << 32U}}}}}}}}));
}

}  // namespace
}  // namespace cex::sandbox
