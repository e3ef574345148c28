// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/remote/http_client.hpp"
#include "core/model/job_request.hpp"
#include "core/model/language_info.hpp"

namespace cex::cli {

/// A server's API as the commands use it. Errors of the server come with its own words; those that
/// another try may not meet as queue_full or not_ready with the pause that it asks for.
class RemoteApi {
 public:
  explicit RemoteApi(HttpClient client) : client_{std::move(client)} {}

  [[nodiscard]] Result<nlohmann::json> get(const std::string& target);
  [[nodiscard]] Result<std::string> get_text(const std::string& target);
  /// `/readyz`, whether it is ready or not.
  [[nodiscard]] Result<nlohmann::json> readiness();
  /// What choose_language() needs to know of them.
  [[nodiscard]] Result<std::vector<LanguageInfo>> languages();
  /// All or none; the jobs, in order. Sent again after a lost answer it makes no second ones.
  [[nodiscard]] Result<std::vector<nlohmann::json>> submit(const std::vector<nlohmann::json>& jobs);
  [[nodiscard]] Result<nlohmann::json> job(const std::string& id);
  /// Ends the job and forgets it; one that is gone already is no error.
  [[nodiscard]] Result<void> remove(const std::string& id);

 private:
  HttpClient client_;
};

/// A request as the API takes it.
[[nodiscard]] nlohmann::json to_json_value(const JobRequest& request);

}  // namespace cex::cli
