// SPDX-License-Identifier: Apache-2.0
// The proxy over real sockets; this process plays the program in the box, the name server and the
// hosts outside.
#include "core/network/proxy.hpp"

#include <algorithm>
#include <cstdint>

#include <gmock/gmock.h>

#include "core/network/dns_fixture.hpp"
#include "core/network/proxy_fixture.hpp"

namespace cex::network {
namespace {

using namespace std::string_literals;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kYes = "HTTP/1.1 200 Connection established";
constexpr const char* kNo = "HTTP/1.1 403 Forbidden";

/// Reaches test.example, which is 127.0.0.1 and permitted, and what a test adds.
ProxySettings settings_for(const DnsServer& dns, const Outside& outside,
                           std::vector<Destination> more = {}) {
  ProxySettings settings;
  settings.allow = {{"test.example", outside.port()}};
  settings.allow.insert(settings.allow.end(), more.begin(), more.end());
  settings.permitted = {*parse_ip_block("127.0.0.1/32")};
  settings.dns_servers = {dns.address()};
  return settings;
}

std::string at(const char* host, const Outside& outside) {
  return host + ":"s + std::to_string(outside.port());
}

const NetworkContact* find(const NetworkReport& report, const std::string& host, bool allowed) {
  const auto found = std::ranges::find_if(report.contacts, [&](const NetworkContact& contact) {
    return contact.host == host && contact.allowed == allowed;
  });
  return found == report.contacts.end() ? nullptr : &*found;
}

class ProxyTunnels : public ProxyTest {
 protected:
  DnsServer dns_{{{"test.example", {{"127.0.0.1"}}},
                  {"evil.example", {{"127.0.0.1"}}},
                  {"private.example", {{"127.0.0.2", "10.0.0.1", "::1", "fd00::1"}}},
                  {"meta.example", {{"169.254.169.254"}}},
                  {"mapped.example", {{"::ffff:127.0.0.1"}}},
                  {"mixed.example", {{"10.0.0.1", "127.0.0.1"}}},
                  {"turning.example", {{"127.0.0.1"}, {"127.0.0.2"}}}}};
  Outside outside_;
};

TEST_F(ProxyTunnels, carries_bytes_both_ways_and_counts_them) {
  start(settings_for(dns_, outside_));
  const Peer program = this->program();
  ASSERT_EQ(connect(program, at("TEST.example", outside_)), kYes);
  const Peer server = outside_.accept();
  const std::string large(300'000, 'x');
  std::thread sender{[&] {
    server.send(large);
    server.half_close();
  }};
  program.send("hello");
  EXPECT_EQ(server.read(5), "hello");
  EXPECT_EQ(program.read_to_end(), large);
  sender.join();
  program.half_close();
  EXPECT_EQ(server.read_to_end(), "");
  const NetworkReport report = stop();
  const auto* contact = find(report, "test.example", true);
  ASSERT_NE(contact, nullptr);
  EXPECT_EQ(contact->address, "127.0.0.1");
  EXPECT_EQ(contact->sent_bytes, 5U);
  EXPECT_EQ(contact->received_bytes, large.size());
  EXPECT_EQ(contact->reason, "");
}

TEST_F(ProxyTunnels, speaks_socks_too) {
  start(settings_for(dns_, outside_));
  const Peer program = this->program();
  ASSERT_EQ(socks(program, "test.example", outside_.port()), 0);
  const Peer server = outside_.accept();
  program.send("ping");
  EXPECT_EQ(server.read(4), "ping");
  server.send("pong");
  EXPECT_EQ(program.read(4), "pong");
}

TEST_F(ProxyTunnels, takes_what_was_sent_along_with_the_request) {
  start(settings_for(dns_, outside_));
  const Peer program = this->program();
  program.send("CONNECT " + at("test.example", outside_) + " HTTP/1.1\r\n\r\nearly");
  EXPECT_EQ(outside_.accept().read(5), "early");
}

TEST_F(ProxyTunnels, refuses_what_is_not_listed_without_looking_it_up) {
  start(settings_for(dns_, outside_));
  for (const std::string& destination :
       {at("evil.example", outside_), at("secret-data.test.example", outside_),
        "test.example:"s + std::to_string(outside_.port() + 1), at("127.0.0.1", outside_),
        at("2130706433", outside_), at("0x7f.1", outside_), at("127.1", outside_),
        at("[::1]", outside_), at("[::ffff:127.0.0.1]", outside_), at("test.example.", outside_),
        at("localhost", outside_), "169.254.169.254:80"s}) {
    const Peer program = this->program();
    EXPECT_EQ(connect(program, destination), kNo) << destination;
  }
  for (const std::string& host :
       {"evil.example"s, "127.0.0.1"s, "0"s, ""s, "test.example\0x"s, "a b"s}) {
    const Peer program = this->program();
    EXPECT_NE(socks(program, host, outside_.port()), 0) << host;
  }
  EXPECT_TRUE(outside_.untouched());
  EXPECT_THAT(dns_.asked(), IsEmpty());
  const NetworkReport report = stop();
  EXPECT_THAT(report.contacts, Each(::testing::Field(&NetworkContact::allowed, false)));
  EXPECT_NE(find(report, "evil.example", false), nullptr);
}

TEST_F(ProxyTunnels, refuses_addresses_of_listed_names_that_nobody_permitted) {
  start(settings_for(dns_, outside_,
                     {{"private.example", outside_.port()},
                      {"meta.example", 80},
                      {"mapped.example", outside_.port()}}));
  EXPECT_EQ(connect(program(), at("private.example", outside_)), kNo);
  EXPECT_EQ(connect(program(), "meta.example:80"), kNo);
  EXPECT_EQ(connect(program(), at("mapped.example", outside_)), kNo);
  EXPECT_TRUE(outside_.untouched());
  const NetworkReport report = stop();
  const auto* contact = find(report, "meta.example", false);
  ASSERT_NE(contact, nullptr);
  EXPECT_EQ(contact->address, "169.254.169.254");
  EXPECT_EQ(contact->reason, "the address is link-local (metadata)");
}

TEST_F(ProxyTunnels, passes_over_a_refused_address_to_a_permitted_one) {
  start(settings_for(dns_, outside_, {{"mixed.example", outside_.port()}}));
  EXPECT_EQ(connect(program(), at("mixed.example", outside_)), kYes);
  EXPECT_EQ(find(stop(), "mixed.example", true)->address, "127.0.0.1");
}

TEST_F(ProxyTunnels, keeps_a_names_first_answer_for_the_run) {
  auto settings = settings_for(dns_, outside_, {{"turning.example", outside_.port()}});
  settings.permitted.push_back(*parse_ip_block("127.0.0.2"));
  start(settings);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(connect(program(), at("turning.example", outside_)), kYes);
  }
  EXPECT_LE(dns_.asked().size(), 2U);  // A and AAAA, once
  EXPECT_EQ(find(stop(), "turning.example", true)->connections, 3U);
}

TEST_F(ProxyTunnels, says_when_a_name_does_not_resolve) {
  start(settings_for(dns_, outside_, {{"nowhere.example", 80}}));
  const Peer program = this->program();
  EXPECT_EQ(connect(program, "nowhere.example:80"), "HTTP/1.1 502 Bad Gateway");
  EXPECT_THAT(program.read_to_end().value_or(""), HasSubstr("does not resolve"));
}

TEST_F(ProxyTunnels, says_when_nobody_listens) {
  start(settings_for(dns_, outside_, {{"test.example", 1}}));
  EXPECT_EQ(connect(program(), "test.example:1"), "HTTP/1.1 502 Bad Gateway");
}

TEST_F(ProxyTunnels, has_no_other_socks_commands) {
  start(settings_for(dns_, outside_));
  for (const char command : {'\x02', '\x03'}) {
    EXPECT_EQ(socks(program(), "test.example", outside_.port(), command), 7);
  }
  const Peer with_password = program();
  with_password.send("\x05\x01\x02");
  EXPECT_EQ(with_password.read_to_end(), "\x05\xff"s);
  EXPECT_TRUE(outside_.untouched());
}

TEST_F(ProxyTunnels, shows_nonsense_the_door) {
  start(settings_for(dns_, outside_));
  for (const std::string& bytes :
       {"\x04\x01\x00\x50\x7f\x00\x00\x01\x00"s, "\x16\x03\x01\x00\x01\x01"s, "\0"s,
        "\x05\x01\x00\x05\x01\x00\x02\x01"s, "GET / HTTP/1.1\r\n\r\n"s, "x\r\n\r\n"s,
        std::string(100'000, 'A'),
        "\x05\xff"s + std::string(255, '\0') + "\x06"s + std::string(300, '\0')}) {
    const Peer program = this->program();
    program.send(bytes);
    program.half_close();
    EXPECT_TRUE(program.read_to_end()) << bytes.substr(0, 20);
  }
  EXPECT_TRUE(outside_.untouched());
}

TEST_F(ProxyTunnels, end_with_the_run_in_mid_transfer) {
  start(settings_for(dns_, outside_));
  const Peer program = this->program();
  ASSERT_EQ(connect(program, at("test.example", outside_)), kYes);
  const Peer server = outside_.accept();
  server.send("part");
  EXPECT_EQ(program.read(4), "part");
  const Peer half_open = this->program();
  half_open.send("CONN");
  const NetworkReport report = stop();
  EXPECT_EQ(server.read_to_end(), "");
  EXPECT_EQ(program.read_to_end(), "");
  EXPECT_EQ(half_open.read_to_end(), "");
  EXPECT_TRUE(closed());
  EXPECT_EQ(find(report, "test.example", true)->reason, "cut at the end of the run");
}

TEST_F(ProxyTunnels, end_when_the_bytes_are_used_up) {
  auto settings = settings_for(dns_, outside_);
  settings.max_bytes = 100'000;
  start(settings);
  const Peer program = this->program();
  ASSERT_EQ(connect(program, at("test.example", outside_)), kYes);
  const Peer other = this->program();
  ASSERT_EQ(connect(other, at("test.example", outside_)), kYes);
  const Peer server = outside_.accept();
  std::thread sender{[&] { server.send(std::string(1'000'000, 'x')); }};
  const auto got = program.read_to_end();
  EXPECT_LE(got.value_or(std::string(200'000, ' ')).size(), 100'000U);
  sender.join();
  EXPECT_EQ(other.read_to_end(), "");
  const NetworkReport report = stop();
  std::uint64_t sum = 0;
  for (const auto& contact : report.contacts) sum += contact.sent_bytes + contact.received_bytes;
  EXPECT_EQ(sum, 100'000U);
  EXPECT_THAT(report.contacts,
              Contains(::testing::Field(&NetworkContact::reason, "the run's bytes are used up")));
}

TEST_F(ProxyTunnels, count_what_a_program_sends_as_well) {
  auto settings = settings_for(dns_, outside_);
  settings.max_bytes = 100'000;
  start(settings);
  const Peer program = this->program();
  ASSERT_EQ(connect(program, at("test.example", outside_)), kYes);
  const Peer server = outside_.accept();
  std::thread sender{[&] { program.send(std::string(1'000'000, 'x')); }};
  EXPECT_EQ(server.read_to_end().value_or("").size(), 100'000U);
  sender.join();
  EXPECT_EQ(find(stop(), "test.example", true)->sent_bytes, 100'000U);
}

TEST_F(ProxyTunnels, are_bounded_in_number_altogether) {
  auto settings = settings_for(dns_, outside_);
  settings.max_total_connections = 3;
  start(settings);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(connect(program(), at("test.example", outside_)), kYes);
  EXPECT_EQ(connect(program(), at("test.example", outside_)), "");
  EXPECT_TRUE(closed());
  EXPECT_NE(find(stop(), "", false), nullptr);
}

TEST_F(ProxyTunnels, are_bounded_in_number_at_once) {
  auto settings = settings_for(dns_, outside_);
  settings.max_connections = 1;
  start(settings);
  Peer first = program();
  ASSERT_EQ(connect(first, at("test.example", outside_)), kYes);
  const Peer server = outside_.accept();
  const Peer second = program();
  second.send("CONNECT " + at("test.example", outside_) + " HTTP/1.1\r\n\r\n");
  // The second one waits in the kernel's queue; had it been served, this would be answered after
  // it.
  first.send("still here");
  EXPECT_EQ(server.read(10), "still here");
  EXPECT_TRUE(outside_.untouched());
  first.close();
  EXPECT_EQ(server.read_to_end(), "");
  server.half_close();
  EXPECT_THAT(second.read_until("\r\n\r\n"), HasSubstr("200"));
}

TEST_F(ProxyTunnels, end_when_a_program_is_too_slow_or_silent) {
  auto settings = settings_for(dns_, outside_);
  settings.connect_timeout = std::chrono::milliseconds{300};
  settings.idle_timeout = std::chrono::milliseconds{300};
  start(settings);
  const Peer silent = program();
  const Peer half = program();
  half.send("CONNECT test");
  const Peer idle = program();
  ASSERT_EQ(connect(idle, at("test.example", outside_)), kYes);
  const Peer server = outside_.accept();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(half.read_to_end(), "");
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_EQ(server.read_to_end(), "");
  EXPECT_EQ(find(stop(), "test.example", true)->reason, "idle for too long");
}

TEST_F(ProxyTunnels, give_up_on_a_name_server_that_is_silent) {
  auto settings = settings_for(dns_, outside_);
  const auto silent = listen_on("127.0.0.1", 0);  // TCP only: nobody answers by UDP
  settings.dns_servers = {"127.0.0.1:" + std::to_string(silent->port)};
  settings.connect_timeout = std::chrono::milliseconds{300};
  start(settings);
  const auto answer = connect(program(), at("test.example", outside_));
  EXPECT_THAT(answer, ::testing::AnyOf(HasSubstr("504"), HasSubstr("502")));
}

class ProxyPlainHttp : public ProxyTunnels {};

TEST_F(ProxyPlainHttp, sends_one_request_with_its_own_host_and_nothing_behind_it) {
  start(settings_for(dns_, outside_));
  const Peer program = this->program();
  program.send("POST http://" + at("test.example", outside_) +
               "/x HTTP/1.1\r\nHost: other.example\r\nContent-Length: 4\r\n\r\nbodyGET "
               "http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  const Peer server = outside_.accept();
  const std::string head = server.read_until("\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("POST /x HTTP/1.1\r\nHost: " + at("test.example", outside_)));
  EXPECT_THAT(head, ::testing::Not(HasSubstr("other.example")));
  EXPECT_EQ(server.read(4), "body");
  program.send("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  server.send("HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n");
  server.half_close();
  EXPECT_THAT(program.read_to_end().value_or(""), HasSubstr("302 Found"));
  EXPECT_EQ(server.read_to_end(), "");
}

TEST_F(ProxyPlainHttp, refuses_a_redirect_to_an_unlisted_host) {
  start(settings_for(dns_, outside_));
  const Peer program = this->program();
  program.send("GET http://" + at("evil.example", outside_) + "/ HTTP/1.1\r\n\r\n");
  EXPECT_THAT(program.read_to_end().value_or(""), HasSubstr("not in the job's list"));
  EXPECT_TRUE(outside_.untouched());
  EXPECT_THAT(dns_.asked(), IsEmpty());
}

constexpr const char* kEncryptedHello = "\xfe\x0d";

std::string hello_for(const std::string& name, const std::string& more_extension = {}) {
  const auto block = [](const std::string& content, int size) {
    std::string head;
    for (int i = size - 1; i >= 0; --i) head += static_cast<char>(content.size() >> (8 * i));
    return head + content;
  };
  std::string extensions = "\0\0"s + block(block("\0"s + block(name, 2), 2), 2);
  if (!more_extension.empty()) extensions += more_extension + block("?", 2);
  const std::string body = "\x03\x03" + std::string(32, 'r') + block("", 1) + block("\x13\x01", 2) +
                           block("\0"s, 1) + block(extensions, 2);
  return "\x16\x03\x01" + block("\x01" + block(body, 3), 2);
}

class ProxyTls : public ProxyTunnels {};

TEST_F(ProxyTls, must_name_the_listed_server) {
  start(settings_for(dns_, outside_));
  const Peer good = program();
  ASSERT_EQ(connect(good, at("test.example", outside_)), kYes);
  const Peer server = outside_.accept();
  const std::string hello = hello_for("Test.Example");
  for (const char byte : hello) good.send({&byte, 1});
  EXPECT_EQ(server.read(hello.size()), hello);

  const Peer bad = program();
  ASSERT_EQ(connect(bad, at("test.example", outside_)), kYes);
  const Peer fronted = outside_.accept();
  bad.send(hello_for("evil.example"));
  EXPECT_EQ(fronted.read_to_end(), "");
  EXPECT_EQ(bad.read_to_end(), "");
  const auto report = stop();
  EXPECT_EQ(find(report, "test.example", false)->reason,
            "TLS for another server than the listed one");
}

TEST_F(ProxyTls, must_not_hide_a_second_name) {
  start(settings_for(dns_, outside_));
  const Peer program = this->program();
  ASSERT_EQ(connect(program, at("test.example", outside_)), kYes);
  const Peer server = outside_.accept();
  program.send(hello_for("test.example", kEncryptedHello));
  EXPECT_EQ(server.read_to_end(), "");
  EXPECT_EQ(program.read_to_end(), "");
}

TEST_F(ProxyTls, is_the_only_thing_on_its_port) {
  const Outside tls{"127.0.0.1", 443};
  if (!tls.listening()) GTEST_SKIP() << "port 443 cannot be listened on";
  start(settings_for(dns_, outside_, {{"test.example", 443}}));
  const Peer program = this->program();
  ASSERT_EQ(connect(program, "test.example:443"), kYes);
  const Peer server = tls.accept();
  program.send("SSH-2.0-x\r\n");
  EXPECT_EQ(server.read_to_end(), "");
  EXPECT_EQ(program.read_to_end(), "");
}

}  // namespace
}  // namespace cex::network
