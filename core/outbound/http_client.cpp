// SPDX-License-Identifier: Apache-2.0
#include "core/outbound/http_client.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "core/base/text.hpp"

namespace cex::outbound {
namespace {

constexpr long kMaxRetryAfter = 3600;

struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};

bool library_is_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

/// What the library's callbacks work on.
struct Exchange {
  const Request& request;
  Response response;
  bool head_complete{false};
  bool too_long{false};
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  std::string& body = exchange.response.body;
  const std::size_t room = exchange.request.max_response_bytes - body.size();
  body.append(data, std::min(size, room));
  exchange.too_long = size > room;
  return exchange.too_long ? 0 : size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  if (trim({data, size}).empty()) exchange.head_complete = true;
  return size;
}

int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* stop = static_cast<Exchange*>(self)->request.stop;
  return stop != nullptr && *stop ? 1 : 0;
}

IpAddress address_of(const sockaddr* from) {
  IpAddress address;
  if (from->sa_family == AF_INET6) {
    address.v6 = true;
    const auto* in6 = reinterpret_cast<const sockaddr_in6*>(from);
    std::memcpy(address.bytes.data(), &in6->sin6_addr, sizeof(in6->sin6_addr));
  } else {
    const auto* in = reinterpret_cast<const sockaddr_in*>(from);
    std::memcpy(address.bytes.data(), &in->sin_addr, sizeof(in->sin_addr));
  }
  return address;
}

// The last word on where a connection goes, however the library came to the address.
curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* to) {
  const auto& allowed = static_cast<Exchange*>(self)->request.addresses;
  const bool ip = to->family == AF_INET || to->family == AF_INET6;
  if (!ip) return CURL_SOCKET_BAD;
  if (allowed && std::ranges::find(*allowed, address_of(&to->addr)) == allowed->end()) {
    return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/// "host:port:address,address", which the library then takes for what the name resolves to; "" for a
/// host that is an address itself.
Result<std::string> pin(const Request& request) {
  const std::unique_ptr<CURLU, FreeUrl> url{curl_url()};
  char* host = nullptr;
  char* port = nullptr;
  const bool good = url && curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), 0) == CURLUE_OK &&
                    curl_url_get(url.get(), CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                    curl_url_get(url.get(), CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
  std::string line = good ? std::string{host} + ":" + port + ":" : std::string{};
  const bool literal = good && (host[0] == '[' || parse_ip(host));
  curl_free(host);
  curl_free(port);
  if (!good) return fail(Errc::internal, "not an address of the web");
  if (literal) return std::string{};
  std::vector<std::string> list;
  for (const IpAddress& address : *request.addresses) {
    list.push_back(address.v6 ? "[" + to_string(address) + "]" : to_string(address));
  }
  return line + join(list, ",");
}

}  // namespace

struct HttpClient::State {
  struct Free {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
  };
  std::unique_ptr<CURL, Free> easy;

  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(easy.get(), option, value);
  }

  void restrict_to(const Request& request) {
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_PATH_AS_IS, 1L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!request.ca_file.empty()) {
      set(CURLOPT_CAINFO, request.ca_file.c_str());
      set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
    }
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    if (request.addresses) {
      // A connection that an earlier exchange left open goes wherever that one was pinned to.
      set(CURLOPT_FRESH_CONNECT, 1L);
      set(CURLOPT_FORBID_REUSE, 1L);
    }
  }

  void listen(Exchange& exchange) {
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, &exchange);
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, &exchange);
    set(CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(CURLOPT_XFERINFODATA, &exchange);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_OPENSOCKETFUNCTION, &on_open);
    set(CURLOPT_OPENSOCKETDATA, &exchange);
  }
};

HttpClient::HttpClient(std::unique_ptr<State> state) : state_{std::move(state)} {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpClient> HttpClient::make() {
  auto state = std::make_unique<State>();
  if (library_is_ready()) state->easy.reset(curl_easy_init());
  if (!state->easy) return fail(Errc::system, "the HTTP client library cannot be used");
  return HttpClient{std::move(state)};
}

Result<Response> HttpClient::exchange(const Request& request) {
  State& s = *state_;
  curl_easy_reset(s.easy.get());
  Exchange exchange{.request = request, .response = {}};
  std::array<char, CURL_ERROR_SIZE> reason{};
  s.set(CURLOPT_ERRORBUFFER, reason.data());
  s.set(CURLOPT_URL, request.url.c_str());
  s.restrict_to(request);
  s.listen(exchange);
  List pinned;
  if (request.addresses) {
    CEX_TRY(const std::string line, pin(request));
    if (!line.empty()) pinned.reset(curl_slist_append(nullptr, line.c_str()));
    s.set(CURLOPT_RESOLVE, pinned.get());
  }
  // The library would wait for "100 Continue", which simple servers never send.
  List headers{curl_slist_append(nullptr, "Expect:")};
  for (const auto& [name, value] : request.headers) {
    curl_slist_append(headers.get(), (name + ": " + value).c_str());
  }
  s.set(CURLOPT_HTTPHEADER, headers.get());
  if (request.post) {
    s.set(CURLOPT_POST, 1L);
    s.set(CURLOPT_POSTFIELDS, request.body.data());
    s.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  const CURLcode code = curl_easy_perform(s.easy.get());
  long status = 0;
  curl_easy_getinfo(s.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_off_t retry_after = 0;
  curl_easy_getinfo(s.easy.get(), CURLINFO_RETRY_AFTER, &retry_after);
  if (code == CURLE_ABORTED_BY_CALLBACK) return fail(Errc::not_ready, "the exchange was ended");
  if (exchange.too_long && request.excess == Excess::refuse) {
    return fail(Errc::too_large, "the answer is longer than " +
                                     std::to_string(request.max_response_bytes) + " bytes");
  }
  // Who wants nothing but the status has it with the head, however long the rest takes.
  const bool enough =
      request.excess == Excess::drop && exchange.head_complete && status >= 200;
  if (code != CURLE_OK && !enough) {
    const std::string said = reason.front() != '\0' ? reason.data() : curl_easy_strerror(code);
    return fail(Errc::system, printable(said));
  }
  exchange.response.status = static_cast<int>(status);
  if (retry_after > 0) {
    exchange.response.retry_after =
        std::chrono::seconds{std::min<curl_off_t>(retry_after, kMaxRetryAfter)};
  }
  return std::move(exchange.response);
}

}  // namespace cex::outbound
