#include "agent/host/dbus_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice::agent {
namespace {

constexpr std::size_t calls_at_a_time = 64;  // a system bus allows a connection 128
constexpr std::size_t max_auth_line = 1 << 10;

Error system_error(ErrorCode code, std::string_view what) {
  return {code, std::string(what) + ": " + std::strerror(errno)};
}

Error late() {
  return {ErrorCode::timeout, "the bus does not answer in time"};
}

std::string hex_of_user() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : std::to_string(::geteuid())) {
    out.push_back(digits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(digits[static_cast<unsigned char>(c) & 15]);
  }
  return out;
}

const DbusCall& hello() {
  static const DbusCall call{
      "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello", {}};
  return call;
}

}  // namespace

Result<DbusClient> DbusClient::connect(const std::string& socket, Peer peer, Deadline deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.size() >= sizeof(address.sun_path))
    return invalid_argument(socket + ": too long for the path of a socket");
  std::memcpy(address.sun_path, socket.data(), socket.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return system_error(ErrorCode::io, "socket");
  DbusClient client(fd, deadline);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    return system_error(ErrorCode::unavailable, socket);
  SLUICE_CHECK(client.authenticate());
  if (peer == Peer::bus) {
    SLUICE_TRY(const auto answers, client.call({hello()}));
    if (answers[0].type != DbusType::answer)
      return Error{ErrorCode::unavailable, socket + ": the bus says " + answers[0].error_name};
  }
  return client;
}

DbusClient::DbusClient(DbusClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      deadline_(other.deadline_),
      serial_(other.serial_),
      input_(std::move(other.input_)) {}

DbusClient::~DbusClient() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::vector<DbusMessage>> DbusClient::call(const std::vector<DbusCall>& calls) {
  std::vector<DbusMessage> answers(calls.size());
  for (std::size_t first = 0; first < calls.size(); first += calls_at_a_time) {
    const auto end = std::min(first + calls_at_a_time, calls.size());
    SLUICE_CHECK(exchange(calls, first, end, answers));
  }
  return answers;
}

// All calls of a round are written before the first answer is read: they are a few KiB and fit
// into the socket's buffer, so neither side waits for the other.
Result<void> DbusClient::exchange(const std::vector<DbusCall>& calls, std::size_t first,
                                  std::size_t end, std::vector<DbusMessage>& answers) {
  std::string out;
  const auto base = serial_ + 1;
  for (auto i = first; i < end; ++i) out += encode_call(calls[i], ++serial_);
  SLUICE_CHECK(write_all(out));
  std::vector<bool> answered(end - first);
  for (auto missing = end - first; missing > 0;) {
    SLUICE_TRY(auto message, read_message());
    const std::size_t i = message.reply_to - base;  // of another round: past the end
    const bool is_answer = message.type == DbusType::answer || message.type == DbusType::error;
    if (!is_answer || message.reply_to < base || i >= answered.size() || answered[i]) continue;
    answered[i] = true;
    answers[first + i] = std::move(message);
    --missing;
  }
  return {};
}

Result<void> DbusClient::authenticate() {
  using namespace std::string_literals;
  SLUICE_CHECK(write_all("\0AUTH EXTERNAL "s + hex_of_user() + "\r\n"));
  SLUICE_TRY(const auto line, read_auth_line());
  if (!line.starts_with("OK "))
    return Error{ErrorCode::forbidden, "the bus refuses this user: " + line};
  return write_all("BEGIN\r\n");
}

Result<std::string> DbusClient::read_auth_line() {
  for (;;) {
    if (const auto end = input_.find("\r\n"); end != std::string::npos) {
      auto line = input_.substr(0, end);
      input_.erase(0, end + 2);
      return line;
    }
    if (input_.size() > max_auth_line) return Error{ErrorCode::parse, "not a D-Bus socket"};
    SLUICE_CHECK(read_more());
  }
}

Result<DbusMessage> DbusClient::read_message() {
  // Asked for each message: a peer that never stops talking would not come to wait().
  if (std::chrono::steady_clock::now() >= deadline_) return late();
  SLUICE_CHECK(read_until(dbus_head_bytes));
  SLUICE_TRY(const auto size, dbus_message_size(input_));
  SLUICE_CHECK(read_until(size));
  auto message = decode_dbus_message(std::string_view(input_).substr(0, size));
  input_.erase(0, size);
  return message;
}

Result<void> DbusClient::read_until(std::size_t bytes) {
  while (input_.size() < bytes) SLUICE_CHECK(read_more());
  return {};
}

Result<void> DbusClient::read_more() {
  std::array<char, 64 << 10> buffer;
  for (;;) {
    const auto n = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (n > 0) {
      input_.append(buffer.data(), static_cast<std::size_t>(n));
      return {};
    }
    if (n == 0) return Error{ErrorCode::unavailable, "the bus has closed the connection"};
    if (errno != EAGAIN && errno != EINTR) return system_error(ErrorCode::io, "read of the bus");
    SLUICE_CHECK(wait(POLLIN));
  }
}

Result<void> DbusClient::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR) return system_error(ErrorCode::io, "write to the bus");
    SLUICE_CHECK(wait(POLLOUT));
  }
  return {};
}

Result<void> DbusClient::wait(short events) {
  using std::chrono::milliseconds;
  const auto left =
      std::chrono::ceil<milliseconds>(deadline_ - std::chrono::steady_clock::now()).count();
  if (left <= 0) return late();
  pollfd poll{fd_, events, 0};
  if (::poll(&poll, 1, static_cast<int>(std::min<long>(left, 60'000))) < 0 && errno != EINTR)
    return system_error(ErrorCode::io, "poll");
  return {};
}

}  // namespace sluice::agent
