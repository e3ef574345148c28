// SPDX-License-Identifier: Apache-2.0
#include "server/tokens/jwk.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>
#include <memory>

#include <nlohmann/json.hpp>

#include "server/tokens/base64url.hpp"

namespace cex::tokens {
namespace {

constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;  // larger ones cost time with every token
constexpr std::size_t kP256Bytes = 32;
constexpr std::size_t kMaxKeys = 64;

template <auto Function>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    Function(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Text = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;

Key make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters{OSSL_PARAM_BLD_to_param(builder)};
  const Context context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  Key made{key};
  const Context check{EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
  // A point that is not on its curve, say.
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return made;
}

std::string field(const nlohmann::json& jwk, const char* name) {
  const auto found = jwk.find(name);
  return found != jwk.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

Number number_of(const nlohmann::json& jwk, const char* name) {
  const auto bytes = base64url_decode(field(jwk, name));
  if (!bytes || bytes->empty() || bytes->size() > kMaxRsaBits / 8) return nullptr;
  return Number{BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes->data()),
                          static_cast<int>(bytes->size()), nullptr)};
}

Key rsa_key(const nlohmann::json& jwk) {
  const Number modulus = number_of(jwk, "n");
  const Number exponent = number_of(jwk, "e");
  const Builder builder{OSSL_PARAM_BLD_new()};
  if (!modulus || !exponent || !builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return nullptr;
  }
  return make_key("RSA", builder.get());
}

Key p256_key(const nlohmann::json& jwk) {
  const auto x = base64url_decode(field(jwk, "x"));
  const auto y = base64url_decode(field(jwk, "y"));
  const Builder builder{OSSL_PARAM_BLD_new()};
  if (field(jwk, "crv") != "P-256" || !x || !y || x->size() != kP256Bytes ||
      y->size() != kP256Bytes || !builder) {
    return nullptr;
  }
  const std::string point = "\x04" + *x + *y;  // uncompressed
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return make_key("EC", builder.get());
}

/// "RS256", "ES256", or "" for a key that is good for neither.
std::string algorithm_of(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    const int bits = EVP_PKEY_get_bits(key);
    return bits >= kMinRsaBits && bits <= kMaxRsaBits ? "RS256" : "";
  }
  std::array<char, 64> group{};
  std::size_t length = 0;
  const bool p256 = EVP_PKEY_is_a(key, "EC") == 1 &&
                    EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
                    std::string_view{group.data(), length} == "prime256v1";
  return p256 ? "ES256" : "";
}

PublicKey written(EVP_PKEY* key, std::string id) {
  PublicKey made{std::move(id), algorithm_of(key), {}};
  const Text text{BIO_new(BIO_s_mem())};
  if (!text || PEM_write_bio_PUBKEY(text.get(), key) != 1) return {};
  char* data = nullptr;
  const long length = BIO_get_mem_data(text.get(), &data);
  made.pem.assign(data, static_cast<std::size_t>(length));
  return made;
}

bool signs(const nlohmann::json& jwk) {
  const std::string use = field(jwk, "use");
  return use.empty() || use == "sig";
}

}  // namespace

Result<PublicKey> key_of_pem(const std::string& pem) {
  const Text text{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  const Key key{text ? PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr) : nullptr};
  if (!key) return fail(Errc::config, "holds no public key in PEM");
  PublicKey made = written(key.get(), {});
  if (made.algorithm.empty()) {
    return fail(Errc::config, "its key is neither RSA of 2048 to 8192 bits nor P-256");
  }
  return made;
}

Result<std::vector<PublicKey>> keys_of_jwks(const nlohmann::json& document) {
  const auto list = document.is_object() ? document.find("keys") : document.end();
  if (list == document.end() || !list->is_array()) {
    return fail(Errc::config, "is no JSON Web Key Set");
  }
  std::vector<PublicKey> keys;
  for (const auto& jwk : *list) {
    if (keys.size() == kMaxKeys) break;
    if (!jwk.is_object() || !signs(jwk)) continue;
    const std::string type = field(jwk, "kty");
    const Key key = type == "RSA" ? rsa_key(jwk) : type == "EC" ? p256_key(jwk) : nullptr;
    if (!key) continue;
    PublicKey made = written(key.get(), field(jwk, "kid"));
    const std::string wanted = field(jwk, "alg");
    if (made.algorithm.empty() || (!wanted.empty() && wanted != made.algorithm)) continue;
    keys.push_back(std::move(made));
  }
  return keys;
}

}  // namespace cex::tokens
