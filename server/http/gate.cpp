// SPDX-License-Identifier: Apache-2.0
#include "server/http/gate.hpp"

#include <array>
#include <exception>
#include <istream>

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>

#include "core/base/log.hpp"
#include "server/http/admission.hpp"
#include "server/http/guarded_socket.hpp"
#include "server/http/wire.hpp"

namespace cex::http {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerRequestImpl;
using Poco::Net::HTTPServerResponse;

constexpr std::size_t kReadBlock = std::size_t{16} * 1024;

GuardedSocket& guarded(HTTPServerRequestImpl& request) {
  return dynamic_cast<GuardedSocket&>(*request.socket().impl());
}

Problem internal(std::string hidden) {
  return {.kind = ProblemKind::internal_error,
          .detail = "the server failed; its log has the reason under this request id",
          .errors = {},
          .headers = {},
          .hidden = std::move(hidden)};
}

class Gate : public Poco::Net::HTTPRequestHandler {
 public:
  Gate(Admission admission, const GateSettings& settings)
      : admission_{std::move(admission)},
        max_body_bytes_{settings.max_body_bytes},
        crowded_{settings.crowded} {
    log_.metrics = settings.metrics;
    log_.spans = settings.spans;
    if (admission_.route != nullptr) log_.route = admission_.route->pattern;
    log_.method = admission_.request.method;
    log_.path = admission_.request.path;
    log_.context = admission_.request.context;
  }

  void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
    auto& impl = static_cast<HTTPServerRequestImpl&>(request);
    Reply reply = Problem{};
    try {
      reply = judge(impl);
    } catch (const std::exception& error) {
      reply = internal(error.what());
    } catch (...) {
      reply = internal("an exception of unknown type");
    }
    try {
      deliver(std::move(reply), impl, response);
    } catch (const std::exception& error) {
      response.setKeepAlive(false);
      log::error("answer failed",
                 {{"request_id", log_.context.request_id}, {"reason", error.what()}});
    }
  }

 private:
  Reply judge(HTTPServerRequestImpl& request) {
    if (admission_.problem) return std::move(*admission_.problem);
    if (admission_.route->body == BodyRule::json) {
      if (auto problem = read_body(request)) return std::move(*problem);
    }
    return admission_.route->handle(admission_.request);
  }

  std::optional<Problem> read_body(HTTPServerRequestImpl& request) {
    std::istream& stream = request.stream();
    std::string& body = admission_.request.body;
    std::array<char, kReadBlock> block;
    while (stream.read(block.data(), block.size()), stream.gcount() > 0) {
      body.append(block.data(), static_cast<std::size_t>(stream.gcount()));
      if (body.size() > max_body_bytes_) {
        over_size_ = true;
        return Problem{.kind = ProblemKind::too_large,
                       .detail = "the body may have " + std::to_string(max_body_bytes_) + " bytes"};
      }
    }
    const GuardedSocket& socket = guarded(request);
    if (socket.refusal()) {
      return Problem{.kind = socket.refusal()->kind, .detail = socket.refusal()->detail};
    }
    if (!socket.body_complete()) {
      return Problem{.kind = ProblemKind::invalid_request,
                     .detail = "the body ended before its declared length"};
    }
    return std::nullopt;
  }

  void deliver(Reply reply, HTTPServerRequestImpl& request, HTTPServerResponse& response) {
    if (auto* handover = std::get_if<Handover>(&reply)) {
      response.setKeepAlive(false);
      Channel& channel = guarded(request).channel();
      std::string unread = guarded(request).take_unread();
      handover->take(
          Connection{request.detachSocket(), std::move(log_), &channel, std::move(unread)});
      return;
    }
    const std::string& id = log_.context.request_id;
    std::string note;
    if (auto* problem = std::get_if<Problem>(&reply)) {
      if (!problem->hidden.empty()) {
        log::error("request failed", {{"request_id", id}, {"reason", problem->hidden}});
      }
      note = problem_type(problem->kind).code;
      reply = to_response(*problem, id);
    }
    const auto& answer = std::get<Response>(reply);
    send(answer, request, response);
    log_.write(answer.status, answer.job, note);
  }

  void send(const Response& answer, HTTPServerRequestImpl& request, HTTPServerResponse& response) {
    GuardedSocket& socket = guarded(request);
    // An unread body would be taken for the next request. Chunked bodies always end their
    // connection: whether Poco's reader consumed the last CR LF is not ours to know.
    const bool keep = response.getKeepAlive() && socket.body_complete() && !over_size_ &&
                      !request.getChunkedTransferEncoding() && !(crowded_ && crowded_());
    const bool head_only = request.getMethod() == "HEAD";
    const std::string bytes =
        render(answer, log_.context.request_id, keep ? KeepAlive::yes : KeepAlive::no,
               head_only ? BodyPart::head_only : BodyPart::with_body);
    const bool sent = socket.answer(
        bytes, keep ? GuardedSocket::Afterwards::keep : GuardedSocket::Afterwards::close);
    response.setKeepAlive(keep && sent);
  }

  Admission admission_;
  std::uint64_t max_body_bytes_;
  std::function<bool()> crowded_;
  bool over_size_{false};
  RequestLog log_;
};

RawHead raw_head(const HTTPServerRequest& request) {
  RawHead head{.method = request.getMethod(),
               .target = request.getURI(),
               .headers = {},
               .peer = request.clientAddress().toString(),
               .chunked = request.getChunkedTransferEncoding(),
               .length = std::nullopt};
  for (const auto& [name, value] : request) head.headers.emplace_back(name, value);
  if (request.hasContentLength()) {
    head.length = static_cast<std::uint64_t>(request.getContentLength64());
  }
  return head;
}

}  // namespace

GateFactory::GateFactory(std::shared_ptr<const Router> router, std::shared_ptr<Doorkeeper> keeper,
                         GateSettings settings)
    : router_{std::move(router)}, keeper_{std::move(keeper)}, settings_{std::move(settings)} {}

Poco::Net::HTTPRequestHandler* GateFactory::createRequestHandler(const HTTPServerRequest& request) {
  Admission admission;
  try {
    admission = admit(raw_head(request), *router_, keeper_.get(), settings_.max_body_bytes,
                      settings_.sample_ratio);
  } catch (const std::exception& error) {
    admission.problem = internal(error.what());
  }
  if (admission.problem) {
    // Poco asks for the body ("100 Continue") unless the status is no longer 200.
    request.response().setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(
        problem_type(admission.problem->kind).status));
  }
  return new Gate(std::move(admission), settings_);  // Poco deletes it
}

}  // namespace cex::http
