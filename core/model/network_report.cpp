// SPDX-License-Identifier: Apache-2.0
#include "core/model/network_report.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace cex {
namespace {

bool same(const NetworkContact& a, const NetworkContact& b) {
  return a.host == b.host && a.port == b.port && a.address == b.address && a.allowed == b.allowed &&
         a.reason == b.reason;
}

}  // namespace

void NetworkReport::add(NetworkContact contact) {
  const auto found = std::ranges::find_if(
      contacts, [&](const NetworkContact& known) { return same(known, contact); });
  if (found != contacts.end()) {
    found->connections += contact.connections;
    found->sent_bytes += contact.sent_bytes;
    found->received_bytes += contact.received_bytes;
    return;
  }
  const auto alike = std::ranges::count(contacts, contact.allowed, &NetworkContact::allowed);
  const std::size_t most = contact.allowed ? kMaxAllowed : kMaxRefused;
  if (static_cast<std::size_t>(alike) >= most) {
    omitted += contact.connections;
  } else {
    contacts.push_back(std::move(contact));
  }
}

void NetworkReport::add(const NetworkReport& other) {
  for (const NetworkContact& contact : other.contacts) add(contact);
  omitted += other.omitted;
}

nlohmann::json to_json_value(const NetworkReport& report) {
  nlohmann::json contacts = nlohmann::json::array();
  for (const NetworkContact& contact : report.contacts) {
    nlohmann::json value{{"host", contact.host},
                         {"port", contact.port},
                         {"allowed", contact.allowed},
                         {"connections", contact.connections}};
    if (!contact.address.empty()) value["address"] = contact.address;
    if (!contact.reason.empty()) value["reason"] = contact.reason;
    if (contact.allowed || contact.received_bytes > 0) {
      value["sent_bytes"] = contact.sent_bytes;
      value["received_bytes"] = contact.received_bytes;
    }
    contacts.push_back(std::move(value));
  }
  return {{"contacts", std::move(contacts)}, {"omitted", report.omitted}};
}

}  // namespace cex
