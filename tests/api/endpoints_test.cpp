// SPDX-License-Identifier: Apache-2.0
// Endpoints and validation, as far as no program has to run.
#include <cstdint>

#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;

const std::string kNoJob(32, '0');

class Endpoints : public ApiTest {
 protected:
  /// Posts `{"language":"python","source":"", ...fields}` and expects one finding at `pointer`.
  void refused(const json& fields, const std::string& pointer, int status = 400,
               const std::string& code = "invalid_request") {
    json job{{"language", "python"}, {"source", ""}};
    job.update(fields);
    const auto response = api.post_job(job);
    expect_problem(response, status, code);
    const json problem = body_of(response);
    ASSERT_EQ(problem["errors"].size(), 1U) << response.body;
    EXPECT_EQ(problem["errors"][0]["pointer"], pointer) << response.body;
    EXPECT_FALSE(problem["errors"][0]["message"].get<std::string>().empty());
  }
};

TEST_F(Endpoints, health_and_readiness_tell_each_check_by_name) {
  EXPECT_EQ(body_of(api.get("/healthz")), (json{{"status", "ok"}}));
  const auto ready = api.get("/readyz");
  EXPECT_EQ(ready.status, 200) << ready.body;
  const json document = body_of(ready);
  EXPECT_EQ(document["ready"], true);
  std::vector<std::string> names;
  for (const auto& check : document["checks"]) names.push_back(check["name"]);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"sandbox", "audit", "languages", "queue"}));
  EXPECT_TRUE(document["isolation"]["insecure"].is_boolean());
}

TEST_F(Endpoints, languages_tell_what_a_client_needs) {
  const json all = body_of(api.get("/v1/languages"))["languages"];
  std::vector<std::string> ids;
  for (const auto& entry : all) {
    ids.push_back(entry["id"]);
    EXPECT_EQ(entry["usable"].get<bool>(), !entry.contains("reason")) << entry;
    EXPECT_EQ(entry["usable"].get<bool>(), !entry["versions"].empty()) << entry;
    EXPECT_FALSE(entry["hello"].get<std::string>().empty());
    for (const char* limit : {"wall_ms", "cpu_ms", "memory_bytes", "cpus"}) {
      EXPECT_LE(entry["limits"]["default"][limit], entry["limits"]["max"][limit]) << limit;
    }
  }
  EXPECT_THAT(ids, ::testing::IsSupersetOf({"python", "c", "cpp", "go", "java"}));
  const json cpp = body_of(api.get("/v1/languages/cpp"));
  EXPECT_EQ(cpp["id"], "cpp");
  EXPECT_EQ(cpp["compiled"], true);
  EXPECT_EQ(body_of(api.get("/v1/languages/c%2B%2B")), cpp);
  expect_problem(api.get("/v1/languages/cobol-2099"), 404, "not_found");
}

TEST_F(Endpoints, plugins_tell_their_state) {
  const json all = body_of(api.get("/v1/plugins"))["plugins"];
  std::vector<std::string> loaded;
  for (const auto& plugin : all) {
    if (plugin["state"] == "loaded") loaded.push_back(plugin["id"]);
    EXPECT_EQ(plugin["state"] == "loaded", !plugin.contains("reason"));
  }
  EXPECT_THAT(loaded, ::testing::IsSupersetOf({"org.code-executor.python", "org.code-executor.cpp",
                                               "org.code-executor.go", "org.code-executor.jvm"}));
}

TEST_F(Endpoints, openapi_is_served) {
  const json document = body_of(api.get("/openapi.json"));
  EXPECT_EQ(document["openapi"], "3.1.0");
  EXPECT_TRUE(document["paths"].contains("/v1/jobs"));
}

TEST_F(Endpoints, what_does_not_exist_is_404_for_every_verb) {
  for (const std::string& id : {kNoJob, std::string{"x"}, std::string{"%2e%2e"}}) {
    expect_problem(api.get("/v1/jobs/" + id), 404, "not_found");
    expect_problem(api.get("/v1/jobs/" + id + "/events"), 404, "not_found");
    expect_problem(api.request("DELETE", "/v1/jobs/" + id), 404, "not_found");
  }
}

TEST_F(Endpoints, query_parameters_are_strict) {
  const json job{{"language", "python"}, {"source", ""}};
  for (const char* query :
       {"?wait=61", "?wait=-1", "?wait=1.5", "?wait=x", "?wait=1&wait=2", "?stream=2",
        "?stream=1&wait=1", "?detach=1", "?wiat=1", "?wait=%31%"}) {
    expect_problem(api.post_job(job, query), 400, "invalid_request");
  }
  for (const char* query : {"?limit=0", "?limit=201", "?limit=ten", "?state=done", "?status=fine",
                            "?cursor=nonsense", "?page=2"}) {
    expect_problem(api.get("/v1/jobs" + std::string{query}), 400, "invalid_request");
  }
  expect_problem(api.get("/healthz?verbose"), 400, "invalid_request");
  const json finding = body_of(api.post_job(job, "?wait=61"))["errors"][0];
  EXPECT_EQ(finding["pointer"], "/query/wait");
}

TEST_F(Endpoints, a_malformed_idempotency_key_is_refused) {
  for (const std::string& key : {std::string{"a b"}, std::string(256, 'k')}) {
    const auto response = api.request("POST", "/v1/jobs", R"({"language":"python","source":""})",
                                      {{"Idempotency-Key", key}});
    expect_problem(response, 400, "invalid_request");
  }
}

TEST_F(Endpoints, unknown_fields_are_errors_with_a_pointer) {
  refused({{"sauce", ""}}, "/sauce");
  refused({{"network", {{"allow", json::array()}}}}, "/network/allow");
  refused({{"priority", 10}}, "/priority");
  refused({{"callback_url", 1}}, "/callback_url");
  refused({{"limits", {{"wall", 1}}}}, "/limits/wall");
  refused({{"compile", {{"arguments", json::array()}}}}, "/compile/arguments");
  refused({{"tests", {{{"input", ""}}}}}, "/tests/0/input");
  refused({{"a/b~c", 1}}, "/a~1b~0c");
}

TEST_F(Endpoints, limits_are_whole_numbers_in_range) {
  for (const json& bad :
       {json(0), json(-1), json(1.5), json("1000"), json(nullptr), json(true), json(1e300)}) {
    refused({{"limits", {{"wall_ms", bad}}}}, "/limits/wall_ms");
    refused({{"limits", {{"processes", bad}}}}, "/limits/processes");
    refused({{"compile", {{"limits", {{"memory_bytes", bad}}}}}}, "/compile/limits/memory_bytes");
    refused({{"tests", {{{"limits", {{"cpu_ms", bad}}}}}}}, "/tests/0/limits/cpu_ms");
  }
  for (const json& bad : {json(0), json(-1), json("1"), json(1e300)}) {
    refused({{"limits", {{"cpus", bad}}}}, "/limits/cpus");
  }
}

TEST_F(Endpoints, limits_above_the_maximum_are_told_with_the_maximum) {
  if (language("python")["usable"] != true) GTEST_SKIP() << language("python")["reason"];
  const json max = language("python")["limits"]["max"];
  for (const char* name : {"wall_ms", "cpu_ms", "memory_bytes", "stack_bytes", "processes",
                           "open_files", "file_size_bytes", "disk_bytes", "output_bytes"}) {
    const auto above = max[name].get<std::uint64_t>() + 1;
    const json job{{"language", "python"}, {"source", ""}, {"limits", {{name, above}}}};
    const auto response = api.post_job(job);
    expect_problem(response, 422, "limit_too_high");
    EXPECT_THAT(response.body, HasSubstr(std::to_string(above - 1))) << name;
    EXPECT_THAT(response.body, HasSubstr(std::string{"/limits/"} + name));
  }
  refused({{"limits", {{"wall_ms", 9007199254740991}}}}, "/limits/wall_ms", 422, "limit_too_high");
}

TEST_F(Endpoints, unknown_languages_and_versions_are_told_apart) {
  expect_problem(api.post_job({{"language", "klingon"}, {"source", ""}}), 422, "unknown_language");
  if (language("python")["usable"] != true) GTEST_SKIP() << language("python")["reason"];
  expect_problem(api.post_job({{"language", "python"}, {"version", "1.4"}, {"source", ""}}), 422,
                 "unknown_version");
  refused({{"language", 7}}, "/language");
  refused({{"language", ""}}, "/language");
}

TEST_F(Endpoints, hostile_file_names_are_refused) {
  if (language("python")["usable"] != true) GTEST_SKIP() << language("python")["reason"];
  const std::vector<std::string> names{
      "../x",   "/etc/passwd", "a/../b", "a//b",  "./a",  "a/",  "..",
      ".",      "a\nb",        "-rf",    "@file", "a\\b", "a/.", std::string(256, 'x'),
      "a\u007f"};
  for (const auto& name : names) {
    const json job{
        {"language", "python"},
        {"files", {{{"path", "main.py"}, {"content", ""}}, {{"path", name}, {"content", ""}}}},
        {"entry", "main.py"}};
    const auto response = api.post_job(job);
    expect_problem(response, 400, "invalid_request");
    EXPECT_THAT(response.body, HasSubstr("/files/1")) << name;
  }
  const auto twice = [](const std::string& a, const std::string& b) {
    return json{{"language", "python"},
                {"files", {{{"path", a}, {"content", ""}}, {{"path", b}, {"content", ""}}}},
                {"entry", a}};
  };
  expect_problem(api.post_job(twice("a.py", "a.py")), 400, "invalid_request");
  expect_problem(api.post_job(twice("a.py", "a.py/b")), 400, "invalid_request");
}

TEST_F(Endpoints, hostile_environments_and_options_are_refused) {
  if (language("python")["usable"] != true) GTEST_SKIP() << language("python")["reason"];
  for (const char* name : {"LD_PRELOAD", "A=B", "", "1A", "A B"}) {
    expect_problem(api.post_job({{"language", "python"}, {"source", ""}, {"env", {{name, "x"}}}}),
                   400, "invalid_request");
  }
  refused({{"args", {std::string("a\0b", 3)}}}, "/args/0");
  if (language("cpp")["usable"] != true) GTEST_SKIP() << language("cpp")["reason"];
  for (const char* argument :
       {"-fplugin=/tmp/x.so", "@/etc/passwd", "-o/tmp/x", "-wrapper", "-I/etc"}) {
    expect_problem(
        api.post_job(
            {{"language", "cpp"}, {"source", "int main(){}"}, {"compile", {{"args", {argument}}}}}),
        400, "invalid_request");
  }
}

TEST_F(Endpoints, counts_are_bounded) {
  json files = json::array();
  for (int i = 0; i < 1001; ++i)
    files.push_back({{"path", "f" + std::to_string(i)}, {"content", ""}});
  json job{{"language", "python"}, {"files", files}};
  const auto many_files = api.post_job(job);
  EXPECT_TRUE(many_files.status == 400 || many_files.status == 413) << many_files.body;
  json labels;
  for (int i = 0; i < 17; ++i) labels["l" + std::to_string(i)] = "";
  refused({{"labels", labels}}, "/labels");
  refused({{"tests", json(std::vector<json>(1001, json::object()))}}, "/tests");
  refused({{"args", std::vector<std::string>(257, "x")}}, "/args");
}

TEST_F(Endpoints, malformed_json_is_told_without_echo) {
  for (const std::string& body :
       {std::string{}, std::string{"{"}, std::string{"{\"secret\":1,\"secret\":2}"},
        std::string{"{\"secret\":\xff}"}, std::string(100'000, '['),
        std::string{"{\"secret\":1e999}"}, std::string{"nul"}}) {
    const auto response = api.request("POST", "/v1/jobs", body);
    expect_problem(response, 400, "invalid_json");
    EXPECT_EQ(response.body.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace cex::test
