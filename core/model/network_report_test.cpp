// SPDX-License-Identifier: Apache-2.0
#include "core/model/network_report.hpp"

#include <gtest/gtest.h>

namespace cex {
namespace {

NetworkContact contact(const std::string& host, bool allowed) {
  NetworkContact made;
  made.host = host;
  made.port = 443;
  made.allowed = allowed;
  made.sent_bytes = 1;
  made.received_bytes = 2;
  return made;
}

TEST(NetworkReport, sums_up_equal_contacts) {
  NetworkReport report;
  report.add(contact("a", true));
  report.add(contact("a", true));
  report.add(contact("a", false));
  ASSERT_EQ(report.contacts.size(), 2U);
  EXPECT_EQ(report.contacts[0].connections, 2U);
  EXPECT_EQ(report.contacts[0].sent_bytes, 2U);
  EXPECT_EQ(report.contacts[0].received_bytes, 4U);
  EXPECT_EQ(report.contacts[1].connections, 1U);
}

TEST(NetworkReport, counts_what_it_has_no_room_for_and_keeps_room_for_what_was_allowed) {
  NetworkReport report;
  for (std::size_t i = 0; i < NetworkReport::kMaxRefused + 10; ++i) {
    report.add(contact(std::to_string(i), false));
  }
  EXPECT_EQ(report.contacts.size(), NetworkReport::kMaxRefused);
  EXPECT_EQ(report.omitted, 10U);
  report.add(contact("late", true));
  EXPECT_EQ(report.contacts.back().host, "late");
  NetworkReport whole;
  whole.add(report);
  whole.add(report);
  EXPECT_EQ(whole.contacts.size(), report.contacts.size());
  EXPECT_EQ(whole.omitted, 20U);
  EXPECT_EQ(whole.contacts.back().connections, 2U);
}

}  // namespace
}  // namespace cex
