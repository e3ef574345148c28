// SPDX-License-Identifier: Apache-2.0
#include "server/http/tls.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <climits>
#include <mutex>
#include <new>

#include <Poco/Net/Context.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SSLManager.h>

#include "core/base/secret_file.hpp"

namespace cex::http {
namespace {

// What is left of TLS 1.2; the ciphers of 1.3 are all good.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

struct FreeSsl {
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};

class TlsChannel final : public Channel {
 public:
  TlsChannel(SSL_CTX* context, int fd) : ssl_{SSL_new(context)}, fd_{fd} {
    if (!ssl_ || SSL_set_fd(ssl_.get(), fd) != 1) throw std::bad_alloc{};
    // The library reads and writes by itself, so the descriptor has to say when it would wait.
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    SSL_set_accept_state(ssl_.get());
  }

  [[nodiscard]] int fd() const noexcept override { return fd_; }

  [[nodiscard]] Moved receive(char* buffer, std::size_t size) override {
    ERR_clear_error();
    return moved(SSL_read(ssl_.get(), buffer, length_of(size)));
  }

  [[nodiscard]] Moved send(const char* bytes, std::size_t size) override {
    // Nothing is said to who has not finished the handshake, and nobody waits for that with an
    // answer.
    if (broken_ || SSL_is_init_finished(ssl_.get()) == 0) return {Moved::State::broken, 0, 0};
    ERR_clear_error();
    return moved(SSL_write(ssl_.get(), bytes, length_of(size)));
  }

  [[nodiscard]] bool has_buffered() const override { return SSL_pending(ssl_.get()) > 0; }

  void finish_sending() override {
    ERR_clear_error();
    if (!broken_ && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
    ::shutdown(fd_, SHUT_WR);
  }

  [[nodiscard]] bool met_plain_http() const noexcept override { return plain_http_; }

 private:
  static int length_of(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
  }

  Moved moved(int count) {
    if (count > 0) return {Moved::State::some, static_cast<std::size_t>(count), 0};
    switch (SSL_get_error(ssl_.get(), count)) {
      case SSL_ERROR_WANT_READ:
        return {Moved::State::blocked, 0, POLLIN};
      case SSL_ERROR_WANT_WRITE:
        return {Moved::State::blocked, 0, POLLOUT};
      case SSL_ERROR_ZERO_RETURN:
        return {Moved::State::ended, 0, 0};
      default:
        // After such an error the library may not be asked again.
        broken_ = true;
        plain_http_ = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
        ERR_clear_error();
        return {Moved::State::broken, 0, 0};
    }
  }

  std::unique_ptr<SSL, FreeSsl> ssl_;
  int fd_;
  bool broken_{false};
  bool plain_http_{false};
};

Result<Poco::Net::Context::Ptr> make_context(const std::string& certificate,
                                             const std::string& key) {
  using Poco::Net::Context;
  CEX_TRY(const std::string key_path, secret_path(key));
  CEX_CHECK(check_secret_file(key_path));
  Poco::Net::initializeSSL();
  Context::Ptr made;
  try {
    Context::Params params;
    params.certificateFile = certificate;
    params.privateKeyFile = key_path;
    params.verificationMode = Context::VERIFY_NONE;  // of clients: they show keys, not certificates
    params.cipherList = kCiphers;
    made = new Context(Context::TLS_SERVER_USE, params);
    made->requireMinimumProtocol(Context::PROTO_TLSV1_2);
  } catch (const Poco::Exception& error) {
    return fail(Errc::config, "server.tls_certificate and server.tls_key: " + error.displayText());
  }
  SSL_CTX* context = made->sslContext();
  if (SSL_CTX_check_private_key(context) != 1) {
    return fail(Errc::config, "server.tls_key is not the key of server.tls_certificate");
  }
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  return made;
}

}  // namespace

struct Tls::State {
  std::string certificate;
  std::string key;
  std::mutex mutex;
  Poco::Net::Context::Ptr context;  // with mutex
};

Tls::Tls(std::unique_ptr<State> state) : state_{std::move(state)} {}
Tls::~Tls() = default;

Result<std::shared_ptr<Tls>> Tls::load(const std::string& certificate, const std::string& key) {
  auto state = std::make_unique<State>();
  state->certificate = certificate;
  state->key = key;
  std::shared_ptr<Tls> made{new Tls(std::move(state))};
  CEX_CHECK(made->renew());
  return made;
}

Result<void> Tls::renew() {
  CEX_TRY(auto context, make_context(state_->certificate, state_->key));
  const std::lock_guard lock{state_->mutex};
  state_->context = std::move(context);
  return {};
}

std::unique_ptr<Channel> Tls::accept(int fd) const {
  const std::lock_guard lock{state_->mutex};
  // The connection holds what it needs of the context from here on.
  return std::make_unique<TlsChannel>(state_->context->sslContext(), fd);
}

}  // namespace cex::http
