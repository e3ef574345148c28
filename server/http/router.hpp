// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/http/message.hpp"

namespace cex::http {

/// Who may use a route.
enum class Access : std::uint8_t {
  open,  ///< nobody is asked for a key
  read,
  run,
  auditor,
  admin,
};

enum class BodyRule : std::uint8_t { none, json };

/// One line of the table of what this server answers.
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< segments; `{id}` stands for one segment
  Access access{Access::admin};
  BodyRule body{BodyRule::none};
  std::function<Reply(const Request&)> handle;
};

/// Finds the route of a request. Immutable after construction, so any thread may ask.
class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_{std::move(routes)} {}

  struct Match {
    const Route* route;
    std::string parameter;  ///< what `{id}` stood for, percent-decoded
  };
  /// Problems: not_found; method_not_allowed with an Allow header. HEAD finds the route of GET.
  [[nodiscard]] std::variant<Match, Problem> find(std::string_view method,
                                                  std::string_view path) const;

  [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace cex::http
