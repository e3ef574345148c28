// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/ip_address.hpp"
#include "core/base/unique_fd.hpp"

namespace cex::network {

/// A name server on 127.0.0.1 that answers what a test tells it: for each name a list of answers,
/// of which the last one is repeated. Names that it was not told about do not exist. Remembers what
/// it was asked.
class DnsServer {
 public:
  using Answers = std::map<std::string, std::vector<std::vector<std::string>>>;

  explicit DnsServer(Answers answers);
  ~DnsServer();
  DnsServer(const DnsServer&) = delete;
  DnsServer& operator=(const DnsServer&) = delete;

  [[nodiscard]] std::string address() const;       ///< "127.0.0.1:PORT"
  [[nodiscard]] std::vector<std::string> asked();  ///< names in order, once for each question

 private:
  void serve();
  [[nodiscard]] std::string reply(const std::string& query);

  UniqueFd socket_;
  UniqueFd stop_;
  std::uint16_t port_{0};
  Answers answers_;
  std::map<std::string, std::size_t> turns_;
  std::mutex mutex_;
  std::vector<std::string> asked_;
  std::thread thread_;
};

}  // namespace cex::network
