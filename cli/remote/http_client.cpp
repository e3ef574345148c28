// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/http_client.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/StreamCopier.h>
#include <Poco/URI.h>

#include "core/base/text.hpp"

namespace cex::cli {
namespace {

using Poco::Net::Context;
using Poco::Net::HTTPClientSession;

constexpr int kConnectSeconds = 10;
constexpr int kAnswerSeconds = 90;  // above the longest `wait=` of the API
constexpr std::uint32_t kLongestPause = 60;

bool is_this_machine(const std::string& host) {
  if (host == "localhost") return true;
  Poco::Net::IPAddress address;
  return Poco::Net::IPAddress::tryParse(host, address) && address.isLoopback();
}

Result<std::string> read_key(const ServerOptions& options) {
  std::string key;
  if (options.key_file.empty()) {
    const char* given =
        std::getenv("CODE_EXECUTOR_KEY");  // NOLINT(concurrency-mt-unsafe): one thread
    key = given == nullptr ? "" : given;
  } else {
    std::ifstream file{options.key_file};
    if (!file) return fail(Errc::invalid_request, options.key_file + ": cannot be read");
    key.assign(std::istreambuf_iterator<char>{file}, {});
  }
  key = trim(key);
  const bool plain =
      std::all_of(key.begin(), key.end(), [](unsigned char c) { return c > 0x20U && c < 0x7FU; });
  if (!plain) return fail(Errc::invalid_request, "the key has characters that no key has");
  return key;
}

Context::Ptr make_context(const std::string& ca_file) {
  constexpr int kDepth = 9;
  constexpr bool kSystemToo = true;
  Context::Ptr context{new Context(Context::TLS_CLIENT_USE, "", "", ca_file, Context::VERIFY_STRICT,
                                   kDepth, kSystemToo)};
  context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
  context->enableExtendedCertificateVerification(true);  // the certificate is the host's
  return context;
}

std::uint32_t retry_after(const Poco::Net::HTTPResponse& response) {
  const auto seconds = parse_u64(response.get("Retry-After", ""));
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(seconds.value_or(1), kLongestPause));
}

}  // namespace

struct HttpClient::State {
  std::string url;
  std::string prefix;  // of the address's own path, without a slash at its end
  std::string key;
  std::unique_ptr<HTTPClientSession> session;
};

Result<HttpClient> HttpClient::open(const ServerOptions& options) {
  auto state = std::make_unique<State>();
  state->url = options.url;
  CEX_TRY(state->key, read_key(options));
  try {
    const Poco::URI uri{options.url};
    const bool secure = uri.getScheme() == "https";
    const bool whole = (secure || uri.getScheme() == "http") && !uri.getHost().empty() &&
                       uri.getUserInfo().empty() && uri.getQuery().empty();
    if (!whole) {
      return fail(Errc::invalid_request,
                  "--server needs an address such as http://127.0.0.1:8080 or https://HOST, got '" +
                      printable(options.url) + "'");
    }
    state->prefix = uri.getPath();
    while (state->prefix.ends_with('/')) state->prefix.pop_back();
    if (secure) {
      state->session = std::make_unique<Poco::Net::HTTPSClientSession>(
          uri.getHost(), uri.getPort(), make_context(options.ca_file));
    } else {
      state->session = std::make_unique<HTTPClientSession>(uri.getHost(), uri.getPort());
      if (!state->key.empty() && !is_this_machine(uri.getHost())) {
        std::fputs("cex: warning: the key goes over the network in clear text; use https\n",
                   stderr);
      }
    }
    state->session->setKeepAlive(true);
    state->session->setTimeout(Poco::Timespan{kConnectSeconds, 0},
                               Poco::Timespan{kAnswerSeconds, 0},
                               Poco::Timespan{kAnswerSeconds, 0});
  } catch (const Poco::Exception& error) {
    return fail(Errc::invalid_request,
                "--server " + printable(options.url) + ": " + error.displayText());
  }
  return HttpClient{std::move(state)};
}

HttpClient::HttpClient(std::unique_ptr<State> state) : state_{std::move(state)} {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<Answer> HttpClient::send(const std::string& method, const std::string& target,
                                const std::string& body,
                                const std::vector<std::pair<std::string, std::string>>& headers) {
  using Poco::Net::HTTPMessage;
  Poco::Net::HTTPRequest request{method, state_->prefix + target, HTTPMessage::HTTP_1_1};
  request.set("User-Agent", "cex");
  if (!state_->key.empty()) request.set("Authorization", "Bearer " + state_->key);
  for (const auto& [name, value] : headers) request.set(name, value);
  if (!body.empty()) request.setContentType("application/json");
  if (method == "POST") request.setContentLength64(static_cast<Poco::Int64>(body.size()));
  // A connection that was kept may have been closed meanwhile, which shows only when it is used; to
  // ask for something twice harms nobody. What makes jobs goes over a new one at once.
  const bool again = method == "GET";
  if (!again) state_->session->reset();
  for (int attempt = 0;; ++attempt) {
    try {
      state_->session->sendRequest(request) << body << std::flush;
      Poco::Net::HTTPResponse response;
      std::istream& stream = state_->session->receiveResponse(response);
      Answer answer;
      answer.status = static_cast<int>(response.getStatus());
      answer.retry_after_s = retry_after(response);
      Poco::StreamCopier::copyToString(stream, answer.body);
      return answer;
    } catch (const Poco::Exception& error) {
      state_->session->reset();
      if (again && attempt == 0) continue;
      return fail(Errc::not_ready, state_->url + ": " + error.displayText());
    }
  }
}

}  // namespace cex::cli
