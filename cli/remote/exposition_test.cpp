// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/exposition.hpp"

#include <gtest/gtest.h>

namespace cex::cli {
namespace {

TEST(Exposition, sums_samples_by_name_and_label) {
  const Exposition text{
      "# HELP cex_jobs_total Jobs that ended, by status.\n# TYPE cex_jobs_total counter\n"
      "cex_jobs_total{language=\"python\",status=\"ok\"} 3\n"
      "cex_jobs_total{language=\"c\",status=\"ok\"} 4\n"
      "cex_jobs_total{language=\"c\",status=\"time_limit\"} 0.5\n"
      "cex_queue_jobs 7\nnonsense\ncex_queue_jobs x\n"};
  EXPECT_EQ(text.sum("cex_jobs_total"), 7.5);
  EXPECT_EQ(text.sum("cex_jobs_total", "language=\"c\""), 4.5);
  EXPECT_EQ(text.sum("cex_queue_jobs"), 7);
  EXPECT_EQ(text.sum("cex_other"), 0);
  EXPECT_EQ(text.values("cex_jobs_total", "language"), (std::set<std::string>{"c", "python"}));
}

}  // namespace
}  // namespace cex::cli
