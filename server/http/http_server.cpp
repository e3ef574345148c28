// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <Poco/ErrorHandler.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/ThreadPool.h>

#include "core/base/ids.hpp"
#include "core/base/log.hpp"
#include "core/base/text.hpp"
#include "server/http/gate.hpp"
#include "server/http/guarded_socket.hpp"
#include "server/http/wire.hpp"

namespace cex::http {
namespace {

constexpr int kStackBytes = 256 * 1024;
constexpr int kIdleThreadSeconds = 60;
constexpr int kQueuedConnections = 1024;
constexpr int kBacklog = 512;
constexpr int kRequestsPerConnection = 1000;

/// Poco reports here what its threads catch: clients that reset their connection, mostly.
class QuietErrors : public Poco::ErrorHandler {
 public:
  void exception(const Poco::Exception& error) override {
    log::debug("connection ended", {{"reason", error.displayText()}});
  }
  void exception(const std::exception& error) override {
    log::error("http thread failed", {{"reason", error.what()}});
  }
  void exception() override { log::error("http thread failed"); }
};

QuietErrors& quiet_errors() {
  static QuietErrors handler;  // Poco keeps the pointer for the life of the process
  return handler;
}

std::string refusal_answer(const Refusal& refusal) {
  RequestLog log{.method = "-", .path = "-", .context = {}};
  log.context.request_id = random_hex(16);
  const Problem problem{.kind = refusal.kind, .detail = refusal.detail};
  const Response response = to_response(problem, log.context.request_id);
  log.write(response.status, {}, refusal.detail);
  return render(response, log.context.request_id, KeepAlive::no);
}

class ConnectionCap : public Poco::Net::TCPServerConnectionFilter {
 public:
  ConnectionCap(std::shared_ptr<ConnectionLedger> ledger, bool tls)
      : ledger_{std::move(ledger)}, tls_{tls} {}

  bool accept(const Poco::Net::StreamSocket& socket) override {
    auto ticket = ledger_->admit(socket.peerAddress().host());
    auto& guarded = dynamic_cast<GuardedSocket&>(*socket.impl());
    if (ticket) {
      guarded.adopt(std::move(ticket));
      return true;
    }
    // A handshake would make the accept thread wait; whoever is cut off before it tries again.
    if (tls_) return false;
    // This is the accept thread: one try, no waiting.
    const Problem problem{.kind = ProblemKind::rate_limited,
                          .detail = "too many open connections; close some, or try again later",
                          .errors = {},
                          .headers = {{"Retry-After", "1"}},
                          .hidden = {}};
    const std::string id = random_hex(16);
    const std::string bytes = render(to_response(problem, id), id, KeepAlive::no);
    (void)::send(guarded.sockfd(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return false;
  }

 private:
  std::shared_ptr<ConnectionLedger> ledger_;
  const bool tls_;
};

Result<Poco::Net::SocketAddress> parse_listen(const std::string& listen) {
  const auto bad = [] {
    return fail(Errc::config, "listen address: write HOST:PORT, such as 127.0.0.1:8080 or [::1]:0");
  };
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos) return bad();
  std::string host = listen.substr(0, colon);
  const auto port = parse_u64(std::string_view{listen}.substr(colon + 1));
  if (!port || *port > 65535) return bad();
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  // Poco's own parser takes the wildcard addresses for errors.
  in_addr v4{};
  in6_addr v6{};
  Poco::Net::IPAddress address;
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) {
    address = Poco::Net::IPAddress(&v4, sizeof v4);
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6) == 1) {
    address = Poco::Net::IPAddress(&v6, sizeof v6);
  } else {
    return bad();
  }
  return Poco::Net::SocketAddress(address, static_cast<Poco::UInt16>(*port));
}

}  // namespace

Result<bool> is_loopback(const std::string& listen) {
  CEX_TRY(const Poco::Net::SocketAddress address, parse_listen(listen));
  return address.host().isLoopback();
}

struct HttpServer::State {
  std::shared_ptr<GuardSettings> guard;
  Poco::ThreadPool pool;
  std::unique_ptr<Poco::Net::HTTPServer> server;
  bool stopped{false};

  State(const HttpSettings& settings)
      : guard{std::make_shared<GuardSettings>(
            GuardSettings{settings.header_timeout, settings.body_timeout, settings.send_timeout,
                          refusal_answer, settings.tls})},
        pool{"http", 2, static_cast<int>(settings.max_threads) + 1, kIdleThreadSeconds,
             kStackBytes} {}
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(std::shared_ptr<const Router> router,
                                                      std::shared_ptr<Doorkeeper> keeper,
                                                      const HttpSettings& settings) {
  CEX_TRY(const Poco::Net::SocketAddress address, parse_listen(settings.listen));
  Poco::ErrorHandler::set(&quiet_errors());
  auto state = std::make_unique<State>(settings);

  Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
  const auto span = [](std::chrono::milliseconds time) {
    return Poco::Timespan(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
  };
  params->setMaxThreads(static_cast<int>(settings.max_threads));
  params->setMaxQueued(kQueuedConnections);
  params->setTimeout(span(settings.header_timeout));
  params->setKeepAliveTimeout(span(settings.keep_alive_timeout));
  params->setMaxKeepAliveRequests(kRequestsPerConnection);

  const auto ledger = std::make_shared<ConnectionLedger>(ConnectionLedger::Limits{
      settings.max_connections, settings.max_connections_per_address, settings.loopback});
  try {
    GuardedServerSocket socket{state->guard};
    // Poco's two-argument form sets SO_REUSEPORT too, and then a second server may take the port.
    socket.bind(address, true, false);
    socket.listen(kBacklog);
    GateSettings gate{.max_body_bytes = settings.max_body_bytes,
                      .metrics = settings.metrics,
                      .spans = settings.spans,
                      .sample_ratio = settings.sample_ratio,
                      .crowded = {}};
    // A thread that waits for a client's next request is one that somebody else waits for.
    gate.crowded = [at = state.get()] { return at->server->queuedConnections() > 0; };
    state->server = std::make_unique<Poco::Net::HTTPServer>(
        new GateFactory(std::move(router), std::move(keeper), std::move(gate)), state->pool, socket,
        params);
    state->server->setConnectionFilter(new ConnectionCap(ledger, settings.tls != nullptr));
    state->server->start();
  } catch (const Poco::Exception& error) {
    return fail(Errc::system, "cannot listen on " + settings.listen + ": " + error.displayText());
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_{std::move(state)} {}

HttpServer::~HttpServer() {
  stop();
}

std::string HttpServer::address() const {
  return state_->server->socket().address().toString();
}

void HttpServer::stop() {
  if (std::exchange(state_->stopped, true)) return;
  // stopAll(false) would wait for connections that are being served, for ever if they stream.
  state_->server->stopAll(true);
  state_->pool.joinAll();
}

}  // namespace cex::http
