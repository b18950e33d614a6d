#include "tests/base/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace sluice::http::test {

bool RawResponse::has(std::string_view header_line) const {
  return head.find(std::string(header_line) + "\r\n") != head.npos;
}

RawClient::RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("RawClient cannot connect");
  }
  timeval timeout{20, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

RawClient::~RawClient() { close(); }

void RawClient::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void RawClient::finish_sending() { ::shutdown(fd_, SHUT_WR); }

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool RawClient::fill() {
  std::array<char, 65536> piece;
  const auto n = ::recv(fd_, piece.data(), piece.size(), 0);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    throw std::runtime_error("RawClient waited too long; got so far: " + buffer_);
  }
  if (n <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(n));
  return true;
}

RawResponse RawClient::receive(bool head_request) {
  RawResponse response;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == buffer_.npos) {
    if (!fill()) return response;
  }
  response.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  response.status = std::stoi(response.head.substr(9, 3));
  if (head_request || response.status < 200 || response.status == 204 || response.status == 304) {
    response.complete = true;
    return response;
  }
  if (response.has("Transfer-Encoding: chunked")) {
    while (true) {
      std::size_t line = 0;
      while ((line = buffer_.find("\r\n")) == buffer_.npos) {
        if (!fill()) return response;
      }
      const std::size_t size = std::stoul(buffer_.substr(0, line), nullptr, 16);
      while (buffer_.size() < line + 4 + size) {
        if (!fill()) return response;
      }
      response.body += buffer_.substr(line + 2, size);
      buffer_.erase(0, line + 4 + size);
      if (size == 0) break;
    }
  } else if (const auto at = response.head.find("Content-Length: "); at != response.head.npos) {
    const std::size_t length = std::stoul(response.head.substr(at + 16));
    while (buffer_.size() < length) {
      if (!fill()) return response;
    }
    response.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
  } else {
    response.body = receive_all();
  }
  response.complete = true;
  return response;
}

RawResponse RawClient::ask(std::string_view bytes) {
  send(bytes);
  return receive();
}

std::string RawClient::receive_all() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

bool RawClient::closed_by_server() {
  while (fill()) {
  }
  return true;
}

}  // namespace sluice::http::test
