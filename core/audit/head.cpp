// SPDX-License-Identifier: Apache-2.0
#include "core/audit/head.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/json.hpp"
#include "core/base/text.hpp"

namespace cex::audit {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

tl::unexpected<Error> bad(std::string what) {
  return fail(Errc::audit, std::move(what));
}

Bio reader(const std::string& pem) {
  return Bio{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

nlohmann::json unsigned_head(const Link& link, const std::string& time) {
  return {{"seq", link.sequence}, {"hash", link.hash}, {"time", time}};
}

}  // namespace

void Key::Free::operator()(evp_pkey_st* key) const noexcept {
  EVP_PKEY_free(key);
}

Result<Key> Key::generate() {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (key == nullptr) return bad("an Ed25519 key cannot be made");
  return Key{key};
}

Result<Key> Key::from_private(const std::string& pem) {
  EVP_PKEY* key = PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, nullptr, nullptr);
  if (key == nullptr) return bad("is not a private key in PEM form");
  Key made{key};
  if (EVP_PKEY_is_a(key, "ED25519") != 1) return bad("is not an Ed25519 key");
  return made;
}

Result<Key> Key::from_public(const std::string& pem) {
  EVP_PKEY* key = PEM_read_bio_PUBKEY(reader(pem).get(), nullptr, nullptr, nullptr);
  if (key == nullptr) return bad("is not a public key in PEM form");
  Key made{key};
  if (EVP_PKEY_is_a(key, "ED25519") != 1) return bad("is not an Ed25519 key");
  return made;
}

Result<std::string> Key::private_pem() const {
  const Bio bio{BIO_new(BIO_s_mem())};
  if (PEM_write_bio_PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return bad("the private key cannot be written");
  }
  return text_of(bio.get());
}

Result<std::string> Key::public_pem() const {
  const Bio bio{BIO_new(BIO_s_mem())};
  if (PEM_write_bio_PUBKEY(bio.get(), key_.get()) != 1) {
    return bad("the public key cannot be written");
  }
  return text_of(bio.get());
}

Result<std::string> Key::sign(const std::string& bytes) const {
  const Context context{EVP_MD_CTX_new()};
  std::size_t size = 64;
  std::string signature(size, '\0');
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes_of(bytes), bytes.size()) != 1) {
    return bad("the head cannot be signed");
  }
  signature.resize(size);
  return signature;
}

bool Key::verifies(const std::string& bytes, const std::string& signature) const {
  const Context context{EVP_MD_CTX_new()};
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes),
                          bytes.size()) == 1;
}

Result<std::string> write_head(const Key& key, const Link& link, WallTime now) {
  nlohmann::json head = unsigned_head(link, rfc3339(now));
  CEX_TRY(const std::string signature, key.sign(dump_json(head)));
  head["signature"] = base64_encode(signature);
  return dump_json(head) + "\n";
}

Result<Link> read_head(const Key& key, const std::string& text) {
  const auto parsed = parse_json(trim(text));
  if (!parsed || !parsed->is_object()) return bad("is not a JSON object");
  const auto sequence = parsed->find("seq");
  if (sequence == parsed->end() || !sequence->is_number_unsigned()) return bad("has no seq");
  for (const char* name : {"hash", "time", "signature"}) {
    const auto found = parsed->find(name);
    if (found == parsed->end() || !found->is_string()) return bad(std::string{"has no "} + name);
  }
  const Link link{sequence->get<std::uint64_t>(), (*parsed)["hash"].get<std::string>()};
  const auto signature = base64_decode((*parsed)["signature"].get<std::string>());
  const auto bytes = dump_json(unsigned_head(link, (*parsed)["time"].get<std::string>()));
  if (!signature || !key.verifies(bytes, *signature)) return bad("is not signed by the audit key");
  return link;
}

}  // namespace cex::audit
