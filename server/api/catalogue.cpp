// SPDX-License-Identifier: Apache-2.0
#include "server/api/catalogue.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "server/api/query_reader.hpp"
#include "server/dto/catalogue.hpp"
#include "server/dto/job_view.hpp"

namespace cex::api {
namespace {

template <class Items>
http::Reply all_of(std::string_view name, const Items& items, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  auto list = nlohmann::ordered_json::array();
  for (const auto& item : items) list.push_back(dto::to_json_value(item));
  return http::Response{
      .body = dto::dump({{std::string{name}, std::move(list)}}), .headers = {}, .job = {}};
}

}  // namespace

http::Reply list_languages(Context& context, const http::Request& request) {
  return all_of("languages", context.service.languages(), request);
}

http::Reply get_language(Context& context, const http::Request& request) {
  QueryReader query{request};
  if (auto problem = query.finish()) return std::move(*problem);
  const auto is_it = [&](const LanguageInfo& language) {
    return language.id == request.parameter ||
           std::find(language.aliases.begin(), language.aliases.end(), request.parameter) !=
               language.aliases.end();
  };
  const auto languages = context.service.languages();
  const auto found = std::find_if(languages.begin(), languages.end(), is_it);
  if (found == languages.end()) {
    return http::Problem{.kind = http::ProblemKind::not_found,
                         .detail = "no such language; /v1/languages lists those there are"};
  }
  return http::Response{.body = dto::dump(dto::to_json_value(*found)), .headers = {}, .job = {}};
}

http::Reply list_plugins(Context& context, const http::Request& request) {
  return all_of("plugins", context.service.plugins(), request);
}

}  // namespace cex::api
