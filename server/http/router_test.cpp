// SPDX-License-Identifier: Apache-2.0
#include "server/http/router.hpp"

#include <gtest/gtest.h>

#include "server/http/query.hpp"
#include "server/http/trace.hpp"

namespace cex::http {
namespace {

Router router() {
  const auto nothing = [](const Request&) -> Reply { return Response{}; };
  return Router{{{"GET", "/things", Access::open, BodyRule::none, nothing},
                 {"GET", "/things/{id}", Access::open, BodyRule::none, nothing},
                 {"DELETE", "/things/{id}", Access::open, BodyRule::none, nothing}}};
}

TEST(Router, finds_routes_and_what_stood_for_the_parameter) {
  const Router table = router();
  const auto found = table.find("DELETE", "/things/c%2B%2B");
  ASSERT_TRUE(std::holds_alternative<Router::Match>(found));
  EXPECT_EQ(std::get<Router::Match>(found).parameter, "c++");
  EXPECT_TRUE(std::holds_alternative<Router::Match>(table.find("HEAD", "/things")));
}

TEST(Router, refuses_paths_that_are_not_in_the_table) {
  const Router table = router();
  for (const char* path : {"", "/", "/thing", "/things/", "/things/a/b", "//things", "/THINGS",
                           "/things/%", "/things/%00", "/things/%0a", "/things/%ff", "/%74hings"}) {
    const auto found = table.find("GET", path);
    ASSERT_TRUE(std::holds_alternative<Problem>(found)) << path;
    EXPECT_EQ(std::get<Problem>(found).kind, ProblemKind::not_found) << path;
  }
}

TEST(Router, tells_the_allowed_methods) {
  const auto found = router().find("PUT", "/things/x");
  ASSERT_TRUE(std::holds_alternative<Problem>(found));
  const auto& problem = std::get<Problem>(found);
  EXPECT_EQ(problem.kind, ProblemKind::method_not_allowed);
  EXPECT_EQ(problem.headers, (Pairs{{"Allow", "GET, HEAD, DELETE"}}));
}

TEST(Query, decodes_strictly) {
  const auto query = parse_query("a=1&b=x%20y&c");
  ASSERT_TRUE(query);
  EXPECT_EQ(*query, (Pairs{{"a", "1"}, {"b", "x y"}, {"c", ""}}));
  for (const char* bad :
       {"a=1&a=2", "&", "=1", "a=%", "a=%0", "a=%zz", "a=%00", "a=%0d%0a", "a=%ff"}) {
    EXPECT_FALSE(parse_query(bad)) << bad;
  }
}

TEST(Trace, keeps_only_valid_ids) {
  EXPECT_EQ(choose_request_id("aZ0._-"), "aZ0._-");
  for (const char* bad : {"", "a b", "a\r\nb", "\xc3\xa9"}) EXPECT_NE(choose_request_id(bad), bad);
  EXPECT_NE(choose_request_id(std::string(129, 'x')).size(), 129U);
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const TraceContext continued = choose_trace("00-" + id + "-00f067aa0ba902b7-01", 0);
  EXPECT_EQ(continued.trace_id, id);
  EXPECT_EQ(continued.caller_span_id, "00f067aa0ba902b7");
  EXPECT_TRUE(continued.sampled);
  EXPECT_FALSE(choose_trace("00-" + id + "-00f067aa0ba902b7-fe", 1).sampled);
  EXPECT_FALSE(choose_trace(std::nullopt, 0).sampled);
  EXPECT_TRUE(choose_trace(std::nullopt, 1).sampled);
  for (const std::string& bad : std::vector<std::string>{
           "00-" + id + "-00f067aa0ba902b7-01-x", "ff-" + id + "-00f067aa0ba902b7-01",
           "00-" + std::string(32, '0') + "-00f067aa0ba902b7-01",
           "00-" + id + "-0000000000000000-01",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", id}) {
    const auto fresh = choose_trace(bad, 1);
    EXPECT_TRUE(fresh.caller_span_id.empty());
    const auto& chosen = fresh.trace_id;
    EXPECT_NE(chosen, id) << bad;
    EXPECT_EQ(chosen.size(), 32U);
  }
}

}  // namespace
}  // namespace cex::http
