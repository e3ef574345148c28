// SPDX-License-Identifier: Apache-2.0
// What a loaded plugin may not do, in the server or in a process of its own: its answer is refused,
// the next call is fine.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plugins/matrix_fixture.hpp"

namespace cex::tests {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Manners : public ::testing::TestWithParam<plugins::Isolation> {
 protected:
  static Result<langspec::Plan> plan_of(const std::string& way);
};

std::string way_of(const ::testing::TestParamInfo<plugins::Isolation>& way) {
  return way.param == plugins::Isolation::none ? "in_the_server" : "in_its_process";
}

INSTANTIATE_TEST_SUITE_P(Both, Manners,
                         ::testing::Values(plugins::Isolation::none, plugins::Isolation::all),
                         way_of);

Result<langspec::Plan> Manners::plan_of(const std::string& way) {
  const auto registry = load_from(matrix_folder("fixtures/odd_" + way), GetParam());
  const auto* entry = registry->find("odd");
  if (entry == nullptr) return fail(Errc::internal, "not loaded: " + way);
  langspec::PlanRequest request;
  request.language = "odd";
  request.executable = "/odd";
  request.compile_args = {"-c1", "-r1", "-cr", "-c"};
  return entry->plugin->spec->plan(request);
}

TEST_P(Manners, a_good_plugin_hears_which_arguments_are_whose) {
  const auto plan = plan_of("good");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(plan->steps.at(0).argv, ElementsAre("/odd", "-c1", "-cr", "--", "-r1", "-cr"));
}

TEST_P(Manners, each_breach_is_named_with_the_plugin) {
  const auto expect = [](const char* way, const char* message) {
    const auto plan = plan_of(way);
    ASSERT_FALSE(plan) << way;
    EXPECT_EQ(plan.error().code, Errc::plugin);
    EXPECT_THAT(plan.error().message,
                AllOf(HasSubstr("org.example.odd: plan"), HasSubstr(message)));
  };
  expect("nul", "step.cwd holds a NUL");
  expect("null_text", "step.cwd is null");
  expect("endless", "more than 1024 records");
  expect("wrong_phase", "a step of phase 3, asked was 2");
  expect("wrong_kind", "a record of kind 3 does not belong");
  expect("after_error", "a record after an error");
}

TEST_P(Manners, what_only_a_later_host_understands_is_left_out) {
  const auto registry = load_from(matrix_folder("fixtures/odd_future"), GetParam());
  EXPECT_NE(registry->find("odd"), nullptr);
  EXPECT_EQ(registry->find("too-new"), nullptr);
}

}  // namespace
}  // namespace cex::tests
