// SPDX-License-Identifier: Apache-2.0
// Interactive jobs over WebSockets.
#include <sys/socket.h>

#include "core/access/key_file.hpp"
#include "tests/api/socket_client.hpp"

namespace cex::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr unsigned kNormal = 1000;
constexpr unsigned kPolicy = 1008;

json python(const std::string& source, const json& more = json::object()) {
  json job{{"language", "python"}, {"source", source}, {"interactive", true}};
  job.update(more);
  return job;
}

json with_terminal(const std::string& source, const json& more = json::object()) {
  json job = python(source, more);
  job["interactive"] = {{"pty", true}, {"rows", 30}, {"cols", 90}};
  return job;
}

const std::string kEcho = R"(
while True:
    try:
        line = input('> ')
    except EOFError:
        break
    print('you said', line, flush=True)
print('bye')
)";

const std::string kSleep = "import time\nprint('up', flush=True)\ntime.sleep(3600)\n";

class Interactive : public ApiTest {
 protected:
  void SetUp() override {
    const json entry = language("python");
    if (entry["usable"] != true) GTEST_SKIP() << entry["reason"];
  }
};

TEST_F(Interactive, programs_hold_a_dialogue_until_the_end_of_input) {
  const std::string id = api.submit(python(kEcho));
  SocketClient client{api, id};
  ASSERT_EQ(client.answer().status, 101) << client.answer().body;
  EXPECT_EQ(client.answer().header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  client.type("one\n");
  EXPECT_THAT(client.until_output("you said one"), HasSubstr("> "));
  client.say({{"type", "stdin"}, {"data", "dHdvCg=="}, {"encoding", "base64"}});
  client.until_output("you said two");
  client.say({{"type", "eof"}});
  const json result = client.until("result");
  EXPECT_EQ(result["job"]["status"], "ok") << result;
  EXPECT_EQ(result["job"]["interactive"], true);
  EXPECT_EQ(result["job"]["runs"][0]["stdout"], "> you said one\n> you said two\n> bye\n");
  EXPECT_TRUE(client.next().is_null());
  EXPECT_EQ(client.close_code(), kNormal);
}

TEST_F(Interactive, events_have_the_numbers_and_fields_of_the_stream) {
  const std::string id = api.submit(python("print(1)"));
  SocketClient client{api, id};
  std::vector<json> messages;
  for (json message = client.next(); !message.is_null(); message = client.next()) {
    messages.push_back(message);
  }
  ASSERT_GE(messages.size(), 4U);
  for (std::size_t i = 0; i < messages.size(); ++i) EXPECT_EQ(messages[i]["id"], i + 1);
  EXPECT_EQ(messages.front(), (json{{"type", "state"}, {"id", 1}, {"state", "queued"}}));
  EXPECT_EQ(messages.back()["type"], "result");
  EXPECT_EQ(messages.back()["job"], body_of(api.get("/v1/jobs/" + id)));
  const json printed{{"type", "stdout"}, {"id", 3},       {"step", "run"},
                     {"run", 0},         {"data", "1\n"}, {"encoding", "utf8"}};
  EXPECT_EQ(messages[2], printed);
  SocketClient later{api, id, "?after=3"};
  EXPECT_EQ(later.next()["id"], 4);
}

TEST_F(Interactive, stdin_of_the_request_comes_first) {
  const std::string id = api.submit(python(kEcho, {{"stdin", "zero\n"}}));
  SocketClient client{api, id};
  client.until_output("you said zero");
  client.type("one\n");
  client.until_output("you said one");
  client.say({{"type", "eof"}});
  EXPECT_EQ(client.until("result")["job"]["status"], "ok");
}

TEST_F(Interactive, signals_reach_the_program_and_only_those_of_the_list) {
  const std::string id =
      api.submit(python("import os, signal, time\n"
                        "def handler(number, frame):\n    os.write(1, b'got %d\\n' % number)\n"
                        "for s in (1, 2, 3, 10, 12): signal.signal(s, handler)\n"
                        "print('up', flush=True)\nwhile True: time.sleep(0.05)\n"));
  SocketClient client{api, id};
  client.until_output("up");
  for (const auto& [name, number] :
       {std::pair{"SIGHUP", 1}, {"SIGINT", 2}, {"SIGQUIT", 3}, {"SIGUSR1", 10}, {"SIGUSR2", 12}}) {
    client.say({{"type", "signal"}, {"signal", name}});
    client.until_output("got " + std::to_string(number) + "\n");
  }
  client.say({{"type", "signal"}, {"signal", "SIGTERM"}});
  const json result = client.until("result");
  EXPECT_EQ(result["job"]["status"], "runtime_error");
  EXPECT_EQ(result["job"]["runs"][0]["signal"], "SIGTERM");

  const std::string other = api.submit(python(kSleep));
  SocketClient wrong{api, other};
  wrong.say({{"type", "signal"}, {"signal", "SIGKILL"}});
  const json error = wrong.until("error");
  EXPECT_EQ(error["code"], "invalid_request");
  EXPECT_THAT(error["detail"].get<std::string>(), HasSubstr("SIGTERM"));
  EXPECT_TRUE(wrong.next().is_null());
  EXPECT_EQ(wrong.close_code(), kPolicy);
  EXPECT_EQ(api.finished(other)["state"], "cancelled");
}

TEST_F(Interactive, an_interrupted_program_may_go_on) {
  const std::string id = api.submit(
      python("import time\ntry:\n    print('up', flush=True)\n    while True: time.sleep(0.05)\n"
             "except KeyboardInterrupt:\n    print('interrupted')\n"));
  SocketClient client{api, id};
  client.until_output("up");
  client.say({{"type", "signal"}, {"signal", "SIGINT"}});
  const json result = client.until("result");
  EXPECT_EQ(result["job"]["status"], "ok") << result;
  EXPECT_EQ(result["job"]["runs"][0]["stdout"], "up\ninterrupted\n");
}

TEST_F(Interactive, a_terminal_is_one_with_a_size_and_keys) {
  const std::string id = api.submit(with_terminal(
      "import os, shutil, signal, sys, time\n"
      "print([os.isatty(i) for i in range(3)], shutil.get_terminal_size(), os.environ['TERM'])\n"
      "print(os.tcgetpgrp(0) == os.getpgrp(), os.getsid(0) == os.getpid())\n"
      "signal.signal(signal.SIGWINCH,\n"
      "    lambda *_: print('now', shutil.get_terminal_size(), flush=True))\n"
      // Often, since a signal that comes just before the sleep is only seen after it.
      "try:\n    print('up', file=sys.stderr)\n    while True: time.sleep(0.05)\nexcept "
      "KeyboardInterrupt:\n    "
      "print('interrupted')\n"
      "print('name:', input('name? '))\nprint(sys.stdin.read() == '')\n"));
  SocketClient client{api, id};
  const std::string up = client.until_output("up\r\n");
  EXPECT_THAT(up, HasSubstr("[True, True, True] os.terminal_size(columns=90, lines=30) "
                            "xterm-256color\r\nTrue True\r\n"));
  client.say({{"type", "resize"}, {"rows", 11}, {"cols", 22}});
  EXPECT_THAT(client.until_output("now"), Not(HasSubstr("interrupted")));
  client.type("\x03");
  client.until_output("interrupted");
  client.until_output("name? ");
  client.type("Ada\r");
  EXPECT_THAT(client.until_output("name: Ada\r\n"), HasSubstr("Ada\r\n")) << "it echoes";
  client.say({{"type", "eof"}});
  const json result = client.until("result");
  EXPECT_EQ(result["job"]["status"], "ok") << result;
  const std::string all = result["job"]["runs"][0]["stdout"];
  EXPECT_THAT(all, HasSubstr("columns=22, lines=11"));
  EXPECT_EQ(all.substr(all.size() - 6), "True\r\n");
  EXPECT_EQ(result["job"]["runs"][0]["stderr"], "");
}

TEST_F(Interactive, output_of_a_terminal_is_complete_and_bounded) {
  const json lines = api.finished(
      api.submit(with_terminal("for i in range(20000): print('line', i)\nprint('last')\n",
                               {{"limits", {{"output_bytes", 1 << 20}}}})));
  EXPECT_EQ(lines["status"], "ok");
  const std::string out = lines["runs"][0]["stdout"];
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 20001);
  EXPECT_EQ(out.substr(out.size() - 6), "last\r\n");
  const json flood = api.finished(api.submit(
      with_terminal("while True: print('x' * 1000)", {{"limits", {{"output_bytes", 5000}}}})));
  EXPECT_EQ(flood["status"], "output_limit");
  EXPECT_EQ(flood["runs"][0]["stdout"].get<std::string>().size(), 5000U);
}

TEST_F(Interactive, a_window_that_is_not_there_cannot_be_resized) {
  const std::string id = api.submit(python(kSleep));
  SocketClient client{api, id};
  client.say({{"type", "resize"}, {"rows", 5}, {"cols", 5}});
  EXPECT_THAT(client.until("error")["detail"].get<std::string>(), HasSubstr("interactive.pty"));
}

TEST_F(Interactive, more_input_than_anybody_reads_waits_with_its_sender) {
  const std::string id =
      api.submit(python("import sys, time\nprint('up', flush=True)\ntime.sleep(1)\n"
                        "print(len(sys.stdin.read()))\n"));
  SocketClient client{api, id};
  client.until_output("up");
  constexpr int kPieces = 100;
  const std::string piece(60'000, 'x');
  for (int i = 0; i < kPieces; ++i) client.type(piece);
  client.say({{"type", "eof"}});
  const json result = client.until("result");
  EXPECT_EQ(result["job"]["status"], "ok") << result;
  EXPECT_THAT(result["job"]["runs"][0]["stdout"].get<std::string>(),
              HasSubstr(std::to_string(kPieces * piece.size())));
}

TEST_F(Interactive, a_flood_of_input_that_nobody_reads_is_held_up) {
  const std::string id = api.submit(python(kSleep));
  SocketClient client{api, id};
  client.until_output("up");
  // More than pipe, console, and both socket buffers take: at some point sending would wait.
  const timeval second{1, 0};
  ::setsockopt(client.fd(), SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
  std::string frame{"\x81\xFE\xEA\x60mask", 8};
  std::string payload = R"({"type":"stdin","data":")" + std::string(60'000 - 26, 'x') + "\"}";
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ "mask"[i % 4]);
  frame += payload;
  std::size_t sent = 0;
  while (sent < std::size_t{64} << 20U) {
    const ssize_t count = ::send(client.fd(), frame.data(), frame.size(), MSG_NOSIGNAL);
    if (count != static_cast<ssize_t>(frame.size())) break;
    sent += frame.size();
  }
  EXPECT_LT(sent, std::size_t{64} << 20U);
  EXPECT_EQ(api.get("/healthz").status, 200);
  client.close();
  EXPECT_EQ(api.finished(id)["state"], "cancelled");
}

TEST_F(Interactive, wrong_frames_end_the_connection_with_one_error) {
  struct Case {
    unsigned first;
    std::string payload;
    unsigned code;
  };
  const Case cases[]{
      {0x81, "no json", kPolicy}, {0x81, R"({"type":"input"})", kPolicy},
      {0x81, "\xFF\xFE", 1007},   {0x82, "binary", 1003},
      {0xC1, "compressed", 1002}, {0x80, "continued", 1002},
      {0x83, "unknown", 1002},    {0x81, std::string(70'000, ' '), 1009},
  };
  for (const Case& wrong : cases) {
    const std::string id = api.submit(python(kSleep));
    SocketClient client{api, id};
    client.until_output("up");
    client.send_frame(wrong.first, wrong.payload);
    EXPECT_EQ(client.next()["type"], "error") << wrong.code;
    EXPECT_TRUE(client.next().is_null());
    EXPECT_EQ(client.close_code(), wrong.code);
    EXPECT_FALSE(client.read_frame());
    EXPECT_EQ(api.finished(id)["state"], "cancelled");
  }
  const std::string id = api.submit(python(kSleep));
  SocketClient client{api, id};
  client.send(std::string{"\x81\x02hi", 4});  // not masked
  EXPECT_EQ(client.until("error")["type"], "error");
  EXPECT_TRUE(client.next().is_null());
  EXPECT_EQ(client.close_code(), 1002U);
}

TEST_F(Interactive, pings_are_answered_and_fragments_joined) {
  const std::string id = api.submit(python(kEcho));
  SocketClient client{api, id};
  client.send_frame(0x01, R"({"type":"stdin",)");
  client.send_frame(0x89, "are you there");
  client.send_frame(0x80, R"("data":"joined\n"})");
  bool answered = false;
  std::string out;
  while (!answered || out.find("you said joined") == std::string::npos) {
    const auto frame = client.read_frame();
    ASSERT_TRUE(frame);
    if (frame->first == 0x8A) answered = frame->second == "are you there";
    if (frame->first == 0x81) out += json::parse(frame->second).value("data", "");
  }
  client.send_frame(0x88, std::string{"\x03\xE8", 2});
  while (const auto frame = client.read_frame()) {
    if (frame->first == 0x88) EXPECT_EQ(frame->second, (std::string{"\x03\xE8", 2}));
  }
  EXPECT_EQ(api.finished(id)["state"], "cancelled") << "closing is going away";
}

TEST_F(Interactive, a_client_that_goes_away_takes_its_program_with_it) {
  const std::string marker = "cex-io-" + std::to_string(::getpid());
  for (const bool detach : {false, true}) {
    const std::string id = api.submit(python(kSleep, {{"args", {marker}}}));
    SocketClient client{api, id, detach ? "?detach=1" : ""};
    client.until_output("up");
    ASSERT_TRUE(wait_until_there(marker));
    client.close();
    if (detach) {
      SocketClient again{api, id};
      again.until_output("up");
      EXPECT_FALSE(processes_with(marker).empty());
      again.close();
    }
    EXPECT_TRUE(wait_until_gone(marker));
    EXPECT_EQ(api.finished(id)["status"], "cancelled");
  }
}

TEST_F(Interactive, two_clients_share_a_program_until_the_last_one_goes) {
  const std::string marker = "cex-io-two-" + std::to_string(::getpid());
  const std::string id = api.submit(python(kEcho, {{"args", {marker}}}));
  SocketClient first{api, id};
  SocketClient second{api, id};
  first.type("a\n");
  second.until_output("you said a");
  second.type("b\n");
  first.until_output("you said b");
  first.close();
  second.type("c\n");
  second.until_output("you said c");
  EXPECT_FALSE(processes_with(marker).empty());
  second.close();
  EXPECT_TRUE(wait_until_gone(marker));
  EXPECT_EQ(api.finished(id)["state"], "cancelled");
}

TEST_F(Interactive, a_job_that_waits_can_be_spoken_to) {
  const std::string first = api.submit(python(kSleep));
  const std::string second = api.submit(python(kSleep));
  const std::string third = api.submit(python(kEcho));
  SocketClient client{api, third};
  client.type("early\n");
  client.say({{"type", "eof"}});
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + first).status, 204);
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + second).status, 204);
  EXPECT_EQ(client.until("result")["job"]["runs"][0]["stdout"], "> you said early\n> bye\n");
}

TEST_F(Interactive, the_wall_limit_holds) {
  const std::string id = api.submit(python("input()", {{"limits", {{"wall_ms", scaled_ms(500)}}}}));
  SocketClient client{api, id};
  EXPECT_EQ(client.until("result")["job"]["status"], "time_limit");
}

TEST_F(Interactive, what_cannot_be_is_refused_before_the_first_event) {
  const std::string plain = api.submit({{"language", "python"}, {"source", kSleep}});
  SocketClient client{api, plain};
  expect_problem(client.answer(), 400, "invalid_request");
  EXPECT_EQ(api.request("DELETE", "/v1/jobs/" + plain).status, 204);
  expect_problem(SocketClient(api, std::string(32, '0')).answer(), 404, "not_found");

  const std::string id = api.submit(python(kSleep));
  const std::string target = "/v1/jobs/" + id + "/io";
  const auto plain_get = api.get(target);
  expect_problem(plain_get, 426, "upgrade_required");
  EXPECT_EQ(plain_get.header("sec-websocket-version"), "13");
  expect_problem(SocketClient(api, id, "?after=x").answer(), 400, "invalid_request");
  expect_problem(SocketClient(api, id, "", {{"Origin", "https://evil.example"}}).answer(), 403,
                 "forbidden");
  SocketClient own{api, id, "", {{"Origin", "http://localhost:8080"}}};
  EXPECT_EQ(own.answer().status, 101);
  own.close();

  for (const auto& [interactive, pointer] :
       {std::pair{json("yes"), "/interactive"},
        {json{{"pty", 1}}, "/interactive/pty"},
        {json{{"rows", 5}}, "/interactive/rows"},
        {json{{"pty", true}, {"rows", 0}}, "/interactive/rows"},
        {json{{"tty", true}}, "/interactive/tty"}}) {
    const auto refused = api.post_job(python("", {{"interactive", interactive}}));
    expect_problem(refused, 400, "invalid_request");
    EXPECT_EQ(body_of(refused)["errors"][0]["pointer"], pointer);
  }
  const auto tests = api.post_job(python("", {{"tests", json::array({json::object()})}}));
  EXPECT_EQ(body_of(tests)["errors"][0]["pointer"], "/interactive");
}

TEST_F(Interactive, nothing_but_its_own_terminal_is_in_the_box) {
  // A program of a terminal tries for another one, and to type into its own.
  const json job = api.finished(api.submit(with_terminal(R"(
import errno, fcntl, os, pty, termios
def tried(name, attempt):
    try:
        attempt()
        print(name, 'done')
    except OSError as error:
        print(name, errno.errorcode.get(error.errno, error))
for path in ('/dev/ptmx', '/dev/pts/ptmx', '/dev/pts/0', '/dev/tty', '/dev/console', '/dev/tty0'):
    tried(path, lambda: os.open(path, os.O_RDWR))
tried('openpty', pty.openpty)
tried('TIOCSTI', lambda: fcntl.ioctl(0, termios.TIOCSTI, b'x'))
tried('TIOCCONS', lambda: fcntl.ioctl(0, termios.TIOCCONS))
tried('TIOCSETD', lambda: fcntl.ioctl(0, termios.TIOCSETD, b'\0\0\0\0'))
tried('TIOCSCTTY', lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 1))
tried('TIOCLINUX', lambda: fcntl.ioctl(0, termios.TIOCLINUX, b'\x03'))
# Its own, once more: a session's, and no other.
os.close(os.open('/proc/self/fd/0', os.O_RDWR))
print(sorted(os.listdir('/proc/self/fd'))[:3], os.readlink('/proc/self/fd/0'))
)")));
  EXPECT_EQ(job["status"], "ok") << job;
  const std::string out = job["runs"][0]["stdout"];
  for (const char* path :
       {"/dev/ptmx", "/dev/pts/ptmx", "/dev/pts/0", "/dev/tty", "/dev/console", "/dev/tty0"}) {
    EXPECT_THAT(out, HasSubstr(std::string{path} + " ENOENT")) << out;
  }
  EXPECT_THAT(out, HasSubstr("openpty out of pty devices"));
  for (const char* call : {"TIOCSTI", "TIOCCONS", "TIOCSETD", "TIOCSCTTY", "TIOCLINUX"}) {
    EXPECT_THAT(out, HasSubstr(std::string{call} + " EPERM")) << out;
  }
}

class InteractiveSettings : public ::testing::Test {
 protected:
  static bool has_python(const Api& api) {
    return body_of(api.get("/v1/languages/python")).value("usable", false);
  }
  ScratchDir dir;
};

TEST_F(InteractiveSettings, a_silent_dialogue_is_ended) {
  DaemonProcess daemon{dir.path(), {}, {"CODE_EXECUTOR_INTERACTIVE_IDLE_MS=300"}};
  const Api api{daemon.port()};
  if (!has_python(api)) GTEST_SKIP() << "no python";
  const std::string id = api.submit(python("input()"));
  SocketClient client{api, id};
  const json job = client.until("result")["job"];
  EXPECT_EQ(job["status"], "time_limit") << job;
  EXPECT_THAT(job["message"].get<std::string>(), HasSubstr("300 ms"));
}

TEST_F(InteractiveSettings, a_dialogue_does_not_survive_the_server) {
  const std::string marker = "cex-io-crash-" + std::to_string(::getpid());
  std::string id;
  {
    DaemonProcess daemon{dir.path()};
    const Api api{daemon.port()};
    if (!has_python(api)) GTEST_SKIP() << "no python";
    id = api.submit(python(kSleep, {{"args", {marker}}}));
    SocketClient client{api, id};
    client.until_output("up");
    daemon.signal(SIGKILL);
    EXPECT_TRUE(daemon.wait_for_exit());
    EXPECT_TRUE(client.next().is_null());
    EXPECT_TRUE(wait_until_gone(marker));
  }
  DaemonProcess daemon{dir.path()};
  const json job = Api{daemon.port()}.finished(id);
  EXPECT_EQ(job["state"], "cancelled") << job;
  EXPECT_THAT(job["message"].get<std::string>(), HasSubstr("restarted"));
}

TEST_F(InteractiveSettings, a_stopping_server_tells_its_clients_once) {
  DaemonProcess daemon{dir.path(), {}, {"CODE_EXECUTOR_SERVER_DRAIN_TIMEOUT_MS=100"}};
  const Api api{daemon.port()};
  if (!has_python(api)) GTEST_SKIP() << "no python";
  const std::string marker = "cex-io-stop-" + std::to_string(::getpid());
  const std::string id = api.submit(python(kSleep, {{"args", {marker}}}));
  SocketClient client{api, id};
  client.until_output("up");
  daemon.signal(SIGTERM);
  int ends = 0;
  for (json message = client.next(); !message.is_null(); message = client.next()) {
    if (message["type"] == "error" || message["type"] == "result") ++ends;
  }
  EXPECT_EQ(ends, 1);
  EXPECT_TRUE(client.close_code());
  EXPECT_EQ(daemon.wait_for_exit(), 0);
  EXPECT_TRUE(processes_with(marker).empty());
}

TEST_F(InteractiveSettings, other_tenants_dialogues_do_not_exist) {
  DaemonProcess daemon{dir.path()};
  const Api api{daemon.port()};
  if (!has_python(api)) GTEST_SKIP() << "no python";
  access::KeyFile file{dir.path() + "/state"};
  std::vector<std::string> secrets;
  const auto made = file.change([&](const std::string& pepper, auto& keys) {
    for (const auto& [tenant, role] :
         {std::pair{"a", Role::run}, {"b", Role::run}, {"a", Role::read}}) {
      Principal principal;
      principal.tenant = tenant;
      principal.roles = {role};
      auto key = access::make_key(pepper, "test", principal, std::nullopt,
                                  std::chrono::system_clock::now());
      secrets.push_back(key.secret);
      keys.push_back(std::move(key.record));
    }
    return Result<void>{};
  });
  ASSERT_TRUE(made);
  const auto with = [&](std::size_t i) { return Headers{{"X-API-Key", secrets[i]}}; };
  const auto job = api.request("POST", "/v1/jobs", python(kEcho).dump(), with(0));
  ASSERT_EQ(job.status, 202) << job.body;
  const std::string id = body_of(job)["id"];
  EXPECT_EQ(SocketClient(api, id).answer().status, 401);
  EXPECT_EQ(SocketClient(api, id, "", with(1)).answer().status, 404);
  EXPECT_EQ(SocketClient(api, id, "", with(2)).answer().status, 403);
  SocketClient own{api, id, "", with(0)};
  EXPECT_EQ(own.answer().status, 101);
  own.type("hello\n");
  own.until_output("you said hello");
}

}  // namespace
}  // namespace cex::test
