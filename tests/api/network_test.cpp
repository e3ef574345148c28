// SPDX-License-Identifier: Apache-2.0
// The network of a job: real boxes, a name server and hosts outside that this process plays.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "core/network/dns_fixture.hpp"
#include "core/network/proxy_fixture.hpp"
#include "tests/api/api_fixture.hpp"

namespace cex::test {
namespace {

using network::DnsServer;
using network::Outside;
using network::Peer;
using ::testing::HasSubstr;

std::size_t open_descriptors(pid_t pid) {
  const std::filesystem::directory_iterator entries{"/proc/" + std::to_string(pid) + "/fd"};
  return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

/// A daemon that permits names below "example" on one port of this machine.
class Network : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string file = dir_.path() + "/network.toml";
    std::ofstream{file} << "[network]\nallow = [\"*.example:" << outside_.port()
                        << "\", \"127.0.0.1:" << outside_.port()
                        << "\"]\npermit_addresses = [\"127.0.0.1\"]\ndns_servers = [\""
                        << dns_.address() << "\"]\n";
    daemon_.emplace(dir_.path(), std::vector<std::string>{"--slots", "2", "--config", file});
    api_.emplace(daemon_->port());
    const json python = body_of(api_->get("/v1/languages/python"));
    if (python.value("usable", false) != true) GTEST_SKIP() << python;
  }

  [[nodiscard]] json job(const std::string& source, const std::vector<std::string>& hosts) const {
    json allow = json::array();
    for (const auto& host : hosts) allow.push_back(host + ":" + std::to_string(outside_.port()));
    return {{"language", "python"},
            {"source", "PORT = " + std::to_string(outside_.port()) + "\n" + source},
            {"limits", {{"wall_ms", 60'000}, {"cpu_ms", 60'000}}},
            {"network", {{"allow", allow}}}};
  }

  /// The `network` of the job's finished record.
  [[nodiscard]] json audited(const std::string& id) const {
    std::ifstream log{dir_.path() + "/state/audit/audit-000001.jsonl"};
    for (std::string line; std::getline(log, line);) {
      const json record = json::parse(line);
      if (record.value("job", "") == id && record["event"] == "finished") return record["network"];
    }
    return nullptr;
  }

  /// Takes one request and answers it.
  void serve(const std::string& answer) const {
    const Peer peer = outside_.accept();
    EXPECT_THAT(peer.read_until("\r\n\r\n"), HasSubstr("Host: test.example:"));
    peer.send(answer);
  }

  ScratchDir dir_;
  DnsServer dns_{{{"test.example", {{"127.0.0.1"}}},
                  {"evil.example", {{"127.0.0.1"}}},
                  {"inner.example", {{"127.0.0.2", "169.254.169.254"}}}}};
  Outside outside_;
  std::optional<DaemonProcess> daemon_;
  std::optional<Api> api_;
};

TEST_F(Network, a_listed_host_answers_a_program_that_knows_nothing_of_proxies) {
  const auto id = api_->submit(
      job("import urllib.request\n"
          "print(urllib.request.urlopen(f'http://test.example:{PORT}/').read().decode())\n",
          {"test.example"}));
  serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  const json done = api_->finished(id);
  EXPECT_EQ(done["runs"][0]["stdout"], "hello\n") << done;
  const json network = audited(id);
  ASSERT_EQ(network["contacts"].size(), 1U) << network;
  EXPECT_EQ(network["contacts"][0]["host"], "test.example");
  EXPECT_EQ(network["contacts"][0]["address"], "127.0.0.1");
  EXPECT_EQ(network["contacts"][0]["allowed"], true);
  EXPECT_GT(network["contacts"][0]["received_bytes"], 40);
  EXPECT_EQ(network["granted"], json({"test.example:" + std::to_string(outside_.port())}));
}

TEST_F(Network, a_redirect_leads_nowhere_else) {
  const auto id =
      api_->submit(job("import urllib.request\n"
                       "try:\n  urllib.request.urlopen(f'http://test.example:{PORT}/')\n"
                       "except urllib.error.HTTPError as e:\n  print(e.code, e.read().decode())\n",
                       {"test.example"}));
  serve("HTTP/1.1 302 Found\r\nLocation: http://evil.example:" + std::to_string(outside_.port()) +
        "/\r\nContent-Length: 0\r\n\r\n");
  const json done = api_->finished(id);
  EXPECT_THAT(done["runs"][0]["stdout"].get<std::string>(), HasSubstr("403")) << done;
  EXPECT_TRUE(outside_.untouched());
}

// Every way out of a box that does not go through the proxy's rules, tried by a program.
constexpr const char* kWaysOut = R"(
import errno, json, os, socket
PROXY = ('127.0.0.1', 3128)
found = {}
def attempt(name, action):
  try:
    found[name] = action()
  except OSError as e:
    found[name] = errno.errorcode.get(e.errno, type(e).__name__)
def direct(family, address, port):
  with socket.socket(family, socket.SOCK_STREAM) as s:
    s.settimeout(5)
    s.connect((address, port))
    return 'connected'
def udp(family, address):
  with socket.socket(family, socket.SOCK_DGRAM) as s:
    s.sendto(b'data', (address, 53))
    return 'sent'
def tunnel(target):
  with socket.create_connection(PROXY) as s:
    s.sendall(f'CONNECT {target} HTTP/1.1\r\n\r\n'.encode())
    return s.recv(999).decode().split()[1]
def socks(command, kind, host):
  with socket.create_connection(PROXY) as s:
    s.sendall(b'\x05\x01\x00')
    s.recv(2)
    s.sendall(b'\x05' + bytes([command]) + b'\x00' + kind + host + PORT.to_bytes(2, 'big'))
    return s.recv(10)[1]
def join():
  with socket.socket() as s:
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(PROXY)
    s.listen()
    return 'joined'
attempt('host loopback', lambda: direct(socket.AF_INET, '127.0.0.1', PORT))
attempt('internet', lambda: direct(socket.AF_INET, '1.1.1.1', 80))
attempt('internet v6', lambda: direct(socket.AF_INET6, '2606:4700::1111', 80))
attempt('metadata', lambda: direct(socket.AF_INET, '169.254.169.254', 80))
attempt('udp', lambda: udp(socket.AF_INET, '1.1.1.1'))
attempt('udp v6', lambda: udp(socket.AF_INET6, '2606:4700::1111'))
attempt('dns', lambda: socket.getaddrinfo('test.example', 80))
attempt('join the proxy', join)
for target in ('evil.example:%d', 'data.in.labels.test.example:%d', '127.0.0.1:%d', '[::1]:%d',
               '2130706433:%d', '127.1:%d', 'inner.example:%d'):
  attempt(target, lambda: tunnel(target % PORT))
attempt('other port', lambda: tunnel('test.example:%d' % (PORT - 1)))
attempt('metadata by proxy', lambda: tunnel('169.254.169.254:80'))
attempt('socks address', lambda: socks(1, b'\x01', b'\x7f\x00\x00\x01'))
attempt('socks bind', lambda: socks(2, b'\x03\x0c', b'test.example'))
attempt('socks udp', lambda: socks(3, b'\x03\x0c', b'test.example'))
attempt('socks v6', lambda: socks(1, b'\x04', b'\x00' * 15 + b'\x01'))
print(json.dumps(found))
)";

TEST_F(Network, there_is_no_other_way_out) {
  const json done = api_->run(job(kWaysOut, {"test.example", "inner.example"}));
  const json found = json::parse(done["runs"][0]["stdout"].get<std::string>(), nullptr, false);
  ASSERT_TRUE(found.is_object()) << done;
  EXPECT_EQ(found["host loopback"], "ECONNREFUSED");
  for (const char* name : {"internet", "internet v6", "metadata", "udp", "udp v6"}) {
    EXPECT_THAT(found[name].get<std::string>(),
                ::testing::AnyOf("ENETUNREACH", "EADDRNOTAVAIL", "EHOSTUNREACH"))
        << name;
  }
  EXPECT_TRUE(found["dns"].is_string()) << found["dns"];
  EXPECT_EQ(found["join the proxy"], "EADDRINUSE");
  for (const char* name :
       {"evil.example:%d", "data.in.labels.test.example:%d", "127.0.0.1:%d", "[::1]:%d",
        "2130706433:%d", "127.1:%d", "inner.example:%d", "other port", "metadata by proxy"}) {
    EXPECT_EQ(found[name], "403") << name;
  }
  EXPECT_EQ(found["socks address"], 2);
  EXPECT_EQ(found["socks v6"], 2);
  EXPECT_EQ(found["socks bind"], 7);
  EXPECT_EQ(found["socks udp"], 7);
  EXPECT_TRUE(outside_.untouched());
  for (const std::string& name : dns_.asked()) EXPECT_EQ(name, "inner.example");
  const json network = audited(done["id"]);
  for (const json& contact : network["contacts"]) EXPECT_EQ(contact["allowed"], false) << contact;
  EXPECT_GE(network["contacts"].size(), 10U);
}

TEST_F(Network, a_run_without_it_has_no_proxy) {
  const json done =
      api_->run({{"language", "python"},
                 {"source",
                  "import os, socket\nprint([k for k in os.environ if 'PROXY' in k.upper()])\n"
                  "print(socket.socket().connect_ex(('127.0.0.1', 3128)))\n"}});
  EXPECT_EQ(done["runs"][0]["stdout"], "[]\n111\n") << done;
}

TEST_F(Network, the_operator_decides_who_may_ask) {
  const auto refused = [&](json request, int status, const char* code, const char* pointer) {
    const auto response = api_->post_job(request);
    expect_problem(response, status, code);
    EXPECT_EQ(body_of(response)["errors"][0]["pointer"], pointer) << response.body;
  };
  refused(job("", {"test.example", "example.org"}), 403, "forbidden", "/network/allow/1");
  refused(job("", {"127.0.0.2"}), 403, "forbidden", "/network/allow/0");
  refused(job("", {"*.example"}), 400, "invalid_request", "/network/allow/0");
  json with_proxy = job("", {"test.example"});
  with_proxy["env"] = {{"https_proxy", "http://127.0.0.1:1"}};
  refused(with_proxy, 400, "invalid_request", "/env/https_proxy");
  json elsewhere = job("", {"test.example"});
  const auto response = Api{shared_daemon().port()}.post_job(elsewhere);
  expect_problem(response, 403, "forbidden");
  EXPECT_EQ(body_of(response)["errors"][0]["pointer"], "/network");
}

// Reads for ever from a server that sends for ever.
constexpr const char* kEndless = R"(
import socket
s = socket.create_connection(('127.0.0.1', 3128))
s.sendall(f'CONNECT test.example:{PORT} HTTP/1.1\r\n\r\n'.encode())
while s.recv(1000): pass
)";

// Boxes that are being made come and go with theirs: the number that stays for a while.
auto resting_descriptors(pid_t server) {
  auto last = open_descriptors(server);
  for (int same = 0; same < 30;) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    const auto now = open_descriptors(server);
    same = now == last ? same + 1 : 0;
    last = now;
  }
  return last;
}

TEST_F(Network, connections_end_with_the_job) {
  const auto before = resting_descriptors(daemon_->pid());
  for (const bool cancelled : {false, true}) {
    json endless = job(kEndless, {"test.example"});
    if (!cancelled) endless["limits"]["wall_ms"] = scaled_ms(1'000);
    const auto id = api_->submit(endless);
    const Peer peer = outside_.accept();
    peer.send("x");
    if (cancelled) {
      EXPECT_EQ(api_->request("DELETE", "/v1/jobs/" + id).status, 204);
    } else {
      EXPECT_EQ(api_->finished(id)["status"], "time_limit");
    }
    EXPECT_EQ(peer.read_to_end(), "");
    EXPECT_EQ(audited(id)["contacts"][0]["reason"], "cut at the end of the run");
  }
  EXPECT_EQ(body_of(api_->get("/readyz"))["ready"], true);
  EXPECT_LE(resting_descriptors(daemon_->pid()), before);
}

TEST_F(Network, a_job_that_floods_its_proxy_harms_nobody) {
  const json done = api_->run(job(R"(
import socket
refused = 0
for i in range(1000):
  try:
    with socket.create_connection(('127.0.0.1', 3128)) as s:
      s.sendall(f'CONNECT n{i}.example:80 HTTP/1.1\r\n\r\n'.encode())
      s.recv(99)
  except ConnectionRefusedError:
    refused += 1
print(refused)
)",
                                  {"test.example"}));
  EXPECT_EQ(done["runs"][0]["stdout"], "744\n") << done;  // 256 are served
  const json network = audited(done["id"]);
  EXPECT_LE(network["contacts"].size(), 130U);
  EXPECT_GE(network["omitted"], 100);
  EXPECT_THAT(dns_.asked(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace cex::test
