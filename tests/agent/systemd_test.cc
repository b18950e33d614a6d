// The systemd collector: D-Bus messages as bytes, the client against a peer that speaks them, and
// what becomes of systemd's answers.
#include "agent/host/systemd.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <functional>
#include <thread>

#include "agent/host/collector.h"
#include "agent/host/dbus_client.h"
#include "tests/agent/dbus_bytes.h"
#include "tests/support/temp_dir.h"

namespace sluice::agent {
namespace {

using namespace std::string_literals;

std::string get_answer(const std::string& type, const DbusBytes& value, std::uint32_t serial,
                       bool big = false) {
  DbusBytes body(big);
  body.signature(type).append(value);
  return dbus_answer(serial, "v", body, big);
}

DbusMessage decoded(const std::string& bytes) {
  auto message = decode_dbus_message(bytes);
  REQUIRE(message.has_value());
  return *message;
}

DbusMessage text_value(const std::string& text) {
  return decoded(get_answer("s", DbusBytes().at(4).string(text), 1));
}

DbusMessage u32_value(std::uint32_t n) {
  return decoded(get_answer("u", DbusBytes().at(4).u32(n), 1));
}

DbusMessage u64_value(std::uint64_t n) {
  return decoded(get_answer("t", DbusBytes().at(4).u64(n), 1));
}

DbusMessage dbus_error(const std::string& name) {
  DbusMessage out;
  out.type = DbusType::error;
  out.error_name = name;
  return out;
}

const std::vector<SystemdUnit> some_units = {
    {"ssh.service", "loaded", "active", "/org/freedesktop/systemd1/unit/ssh_2eservice"},
    {"backup.service", "loaded", "failed", "/org/freedesktop/systemd1/unit/backup_2eservice"},
    {"gone.service", "not-found", "inactive", "/org/freedesktop/systemd1/unit/gone"},
    {"ssh.socket", "loaded", "active", "/org/freedesktop/systemd1/unit/ssh_2esocket"},
    {"apt.timer", "loaded", "active", "/org/freedesktop/systemd1/unit/apt_2etimer"},
    {"-.mount", "loaded", "active", "/org/freedesktop/systemd1/unit/_2d_2emount"},
    {"multi-user.target", "loaded", "active", "/org/freedesktop/systemd1/unit/multi"}};

DbusMessage units_message(const std::vector<SystemdUnit>& units) {
  return decoded(dbus_answer(1, "a(ssssssouso)", dbus_unit_list(units)));
}

// A systemd of some units.
Result<std::vector<DbusMessage>> fake_systemd(const std::vector<DbusCall>& calls) {
  std::vector<DbusMessage> out;
  for (const auto& call : calls) {
    if (call.member == "ListUnits") {
      out.push_back(units_message(some_units));
      continue;
    }
    const auto& name = call.arguments.at(1);
    if (name == "Version")
      out.push_back(text_value("252.38-1~deb12u1"));
    else if (name == "SystemState")
      out.push_back(text_value("degraded"));
    else if (name == "Virtualization")
      out.push_back(text_value("kvm"));
    else if (name == "Type")
      out.push_back(text_value("notify"));
    else if (name == "LastTriggerUSec")
      out.push_back(u64_value(1'700'000'000'500'000));
    else if (name == "NRefused")
      out.push_back(dbus_error("org.freedesktop.DBus.Error.UnknownProperty"));
    else
      out.push_back(u32_value(call.path.ends_with("ssh_2eservice") ? 3 : 7));
  }
  return out;
}

double sample(const Families& families, std::string_view name, const LabelSet& labels) {
  for (const auto& f : families)
    if (f.name == name)
      for (const auto& v : f.values)
        if (v.labels == labels) return v.value;
  FAIL("no " << name << labels.to_string());
  return 0;
}

bool has_family(const Families& families, std::string_view name) {
  for (const auto& f : families)
    if (f.name == name) return true;
  return false;
}

// One connection, served by a function from its own thread.
class FakePeer {
 public:
  using Serve = std::function<void(int fd)>;
  FakePeer(const std::string& path, Serve serve) {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof(address.sun_path));
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const int fd = ::accept(listener_, nullptr, nullptr);
      if (fd < 0) return;
      serve(fd);
      ::close(fd);
    });
  }
  ~FakePeer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

 private:
  int listener_ = -1;
  std::thread thread_;
};

std::string read_some(int fd) {
  char buffer[4096];
  const auto n = ::read(fd, buffer, sizeof(buffer));
  return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
}

void write_text(int fd, const std::string& text) {
  static_cast<void>(::send(fd, text.data(), text.size(), MSG_NOSIGNAL));
}

// Reads up to `end` and not further: a message may follow at once. False at the end of the
// connection.
bool read_to(int fd, const std::string& end) {
  std::string seen;
  char c = 0;
  while (!seen.ends_with(end)) {
    if (::read(fd, &c, 1) != 1) return false;
    seen.push_back(c);
  }
  return true;
}

bool accept_user(int fd) {
  if (!read_to(fd, "\r\n")) return false;
  write_text(fd, "OK 0123456789abcdef\r\n");
  return read_to(fd, "BEGIN\r\n");
}

DbusClient::Deadline soon(std::chrono::milliseconds ms = std::chrono::seconds(30)) {
  return std::chrono::steady_clock::now() + ms;
}

const DbusCall ping{"org.example", "/org/example", "org.example", "Ping", {"a", "bc"}};

}  // namespace

TEST_CASE("a D-Bus call is encoded as the specification says", "[dbus]") {
  const auto bytes = encode_call({"d.e", "/p", "i.f", "M", {"x"}}, 7);
  const auto expected =
      "l\1\0\1"s + "\6\0\0\0"s + "\7\0\0\0"s + "\x47\0\0\0"s +  // body 6, serial 7, fields
      "\1\1o\0\2\0\0\0/p\0\0\0\0\0\0"s + "\2\1s\0\3\0\0\0i.f\0\0\0\0\0"s +   // path, interface
      "\3\1s\0\1\0\0\0M\0\0\0\0\0\0\0"s + "\6\1s\0\3\0\0\0d.e\0\0\0\0\0"s +  // member, destination
      "\10\1g\0\1s\0\0"s + "\1\0\0\0x\0"s;
  CHECK(bytes == expected);
  CHECK(dbus_message_size(bytes).value() == bytes.size());
}

TEST_CASE("D-Bus values of both byte orders are read", "[dbus]") {
  for (const bool big : {false, true}) {
    CAPTURE(big);
    const auto message = decoded(get_answer("t", DbusBytes(big).at(4).u64(1ULL << 40), 9, big));
    CHECK(message.reply_to == 9);
    CHECK(message.type == DbusType::answer);
    CHECK(std::get<std::uint64_t>(*decode_dbus_variant(message)) == 1ULL << 40);
    const auto text = decoded(get_answer("s", DbusBytes(big).at(4).string("héllo"), 9, big));
    CHECK(std::get<std::string>(*decode_dbus_variant(text)) == "héllo");
    DbusBytes list = dbus_unit_list(some_units, big);
    const auto units = decode_dbus_units(decoded(dbus_answer(1, "a(ssssssouso)", list, big)));
    REQUIRE(units.has_value());
    REQUIRE(units->size() == some_units.size());
    CHECK((*units)[4].name == "apt.timer");
    CHECK((*units)[4].path == "/org/freedesktop/systemd1/unit/apt_2etimer");
    CHECK((*units)[2].load_state == "not-found");
  }
}

TEST_CASE("every cut of a D-Bus message is an error", "[dbus]") {
  const auto whole = dbus_answer(1, "a(ssssssouso)", dbus_unit_list(some_units));
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK_FALSE(decode_dbus_message(std::string_view(whole).substr(0, n)).has_value());
  auto message = decoded(whole);
  const auto body = message.body;
  for (std::size_t n = 0; n < body.size(); ++n) {
    message.body = body.substr(0, n);
    CHECK_FALSE(decode_dbus_units(message).has_value());
  }
  CHECK_FALSE(decode_dbus_units(text_value("x")).has_value());
  CHECK_FALSE(decode_dbus_variant(units_message({})).has_value());
  auto huge = whole;
  huge[7] = '\x7f';  // a body of 2 GiB
  CHECK(dbus_message_size(huge).error().code == ErrorCode::too_large);
}

TEST_CASE("systemd's units become node_exporter's families", "[systemd]") {
  Families out;
  REQUIRE(collect_systemd(fake_systemd, 100, out).has_value());
  CHECK(sample(out, "node_systemd_version", {{"version", "252.38-1~deb12u1"}}) == 252.38);
  CHECK(sample(out, "node_systemd_system_running", {}) == 0);
  CHECK(sample(out, "node_systemd_virtualization_info", {{"virtualization_type", "kvm"}}) == 1);
  CHECK(sample(out, "node_systemd_units", {{"state", "active"}}) == 5);
  CHECK(sample(out, "node_systemd_units", {{"state", "failed"}}) == 1);
  CHECK(sample(out, "node_systemd_units", {{"state", "inactive"}}) == 1);
  CHECK(sample(out, "node_systemd_units", {{"state", "activating"}}) == 0);
  const auto state = [&](const char* name, const char* in, const char* type) {
    return sample(out, "node_systemd_unit_state", {{"name", name}, {"state", in}, {"type", type}});
  };
  CHECK(state("ssh.service", "active", "notify") == 1);
  CHECK(state("ssh.service", "failed", "notify") == 0);
  CHECK(state("backup.service", "failed", "notify") == 1);
  CHECK(state("multi-user.target", "active", "") == 1);
  CHECK(sample(out, "node_systemd_service_restart_total", {{"name", "ssh.service"}}) == 3);
  CHECK(sample(out, "node_systemd_socket_accepted_connections_total", {{"name", "ssh.socket"}}) ==
        7);
  CHECK(sample(out, "node_systemd_socket_current_connections", {{"name", "ssh.socket"}}) == 7);
  CHECK(sample(out, "node_systemd_timer_last_trigger_seconds", {{"name", "apt.timer"}}) ==
        1'700'000'000.5);
  CHECK_FALSE(has_family(out, "node_systemd_socket_refused_connections_total"));
  CHECK(sample(out, "sluice_agent_systemd_units_dropped", {}) == 0);
  for (const auto& f : out)
    if (f.name == "node_systemd_unit_state") CHECK(f.values.size() == 5 * 5);
}

TEST_CASE("units past the bound are counted and not shown", "[systemd]") {
  Families out;
  REQUIRE(collect_systemd(fake_systemd, 2, out).has_value());
  CHECK(sample(out, "sluice_agent_systemd_units_dropped", {}) == 3);
  CHECK(sample(out, "node_systemd_units", {{"state", "active"}}) == 5);
  for (const auto& f : out)
    if (f.name == "node_systemd_unit_state") CHECK(f.values.size() == 2 * 5);
}

TEST_CASE("a bus without systemd is a failure", "[systemd]") {
  Families out;
  const auto nobody = [](const std::vector<DbusCall>& calls) {
    return Result<std::vector<DbusMessage>>(std::vector<DbusMessage>(
        calls.size(), dbus_error("org.freedesktop.DBus.Error.ServiceUnknown")));
  };
  const auto done = collect_systemd(nobody, 100, out);
  REQUIRE(done.has_error());
  CHECK(done.error().message.find("ServiceUnknown") != std::string::npos);
  CHECK(out.size() == 0);
}

TEST_CASE("no bus: the collector says so, and is not silent", "[systemd]") {
  TempDir dir;
  const auto families = collect_all({systemd_collector({.root = dir.path()})});
  CHECK(sample(families, "node_scrape_collector_success", {{"collector", "systemd"}}) == 0);
}

TEST_CASE("systemd's versions are numbers", "[systemd]") {
  CHECK(systemd_version_number("252.38-1~deb12u1") == 252.38);
  CHECK(systemd_version_number("systemd 219") == 219);
  CHECK(systemd_version_number("v256~rc3") == 256);
  CHECK(systemd_version_number("1.2-300.") == 300);
  CHECK(systemd_version_number("12") == 0);
  CHECK(systemd_version_number("") == 0);
}

TEST_CASE("the client calls, and takes answers in any order", "[dbus]") {
  TempDir dir;
  const auto path = dir.path() + "/bus";
  FakePeer peer(path, [](int fd) {
    if (!accept_user(fd)) return;
    read_some(fd);  // Hello
    write_text(fd, dbus_signal() + dbus_answer(1, "s", DbusBytes().string(":1.5")));
    read_some(fd);  // two calls, written at once
    const auto second = get_answer("u", DbusBytes().at(4).u32(2), 3);
    const auto first = get_answer("u", DbusBytes().at(4).u32(1), 2);
    for (const char c : second + dbus_signal() + first) write_text(fd, std::string(1, c));
  });
  auto client = DbusClient::connect(path, DbusClient::Peer::bus, soon());
  REQUIRE(client.has_value());
  const auto answers = client->call({ping, ping});
  REQUIRE(answers.has_value());
  CHECK(std::get<std::uint64_t>(*decode_dbus_variant((*answers)[0])) == 1);
  CHECK(std::get<std::uint64_t>(*decode_dbus_variant((*answers)[1])) == 2);
}

TEST_CASE("a bus that refuses, leaves, babbles or sleeps is an error in time", "[dbus]") {
  TempDir dir;
  const auto path = dir.path() + "/bus";
  const auto code_of = [&](FakePeer::Serve serve, std::chrono::milliseconds ms) {
    ::unlink(path.c_str());
    FakePeer peer(path, std::move(serve));
    auto client = DbusClient::connect(path, DbusClient::Peer::service, soon(ms));
    if (!client) return client.error().code;
    const auto answers = client->call({ping});
    return answers ? ErrorCode::internal : answers.error().code;
  };
  constexpr std::chrono::seconds long_enough{30};
  // A peer that left with something unread would cut off what it said.
  const auto saying = [](std::string text) {
    return [text = std::move(text)](int fd) {
      if (read_to(fd, "\r\n")) write_text(fd, text);
    };
  };
  CHECK(code_of(saying("REJECTED EXTERNAL\r\n"), long_enough) == ErrorCode::forbidden);
  CHECK(code_of([](int) {}, long_enough) != ErrorCode::internal);
  CHECK(code_of(saying(std::string(5000, 'x')), long_enough) == ErrorCode::parse);
  const auto garbage = [](int fd) {
    if (accept_user(fd)) write_text(fd, std::string(64, 'x'));
    read_to(fd, "never");
  };
  CHECK(code_of(garbage, long_enough) == ErrorCode::parse);
  const auto silent = [](int fd) { read_to(fd, "never"); };
  CHECK(code_of(silent, std::chrono::milliseconds(50)) == ErrorCode::timeout);
  const auto chatty = [](int fd) {
    if (!accept_user(fd)) return;
    const auto signal = dbus_signal();
    while (::send(fd, signal.data(), signal.size(), MSG_NOSIGNAL) > 0) {
    }
  };
  CHECK(code_of(chatty, std::chrono::milliseconds(50)) == ErrorCode::timeout);
}

}  // namespace sluice::agent
