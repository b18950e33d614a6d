// HttpSink: a tiny HTTP server on a loopback port that records requests and answers as told. For
// testing what sends; deliberately independent of base/http.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sluice::test {

struct SinkAnswer {
  int status = 200;
  std::string headers;  // "Retry-After: 7\r\n"
  std::string body;
  bool hang = false;  // accept and never answer
};

class HttpSink {
 public:
  HttpSink() {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener_, 16);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~HttpSink() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }
  HttpSink(const HttpSink&) = delete;
  HttpSink& operator=(const HttpSink&) = delete;

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  void answer(SinkAnswer answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }
  // Whole requests, head and body.
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  bool readable(int fd) const {
    while (!stop_) {
      pollfd p{fd, POLLIN, 0};
      if (::poll(&p, 1, 20) > 0) return true;
    }
    return false;
  }

  void serve() {
    while (readable(listener_)) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      handle(fd);
      ::close(fd);
    }
  }

  void handle(int fd) {
    std::string text;
    std::size_t want = std::string::npos;
    char buffer[4096];
    while (text.size() < want && readable(fd)) {
      const ssize_t n = ::read(fd, buffer, sizeof buffer);
      if (n <= 0) break;
      text.append(buffer, static_cast<std::size_t>(n));
      const auto head = text.find("\r\n\r\n");
      const auto length = text.find("Content-Length: ");
      if (head == std::string::npos) continue;
      want = head + 4 + (length < head ? std::stoul(text.substr(length + 16)) : 0);
    }
    SinkAnswer answer;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(text);
      answer = answer_;
    }
    if (answer.hang) {
      readable(fd);  // until the client gives up
      return;
    }
    const std::string out =
        "HTTP/1.1 " + std::to_string(answer.status) + " X\r\n" + answer.headers +
        "Connection: close\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" +
        answer.body;
    std::size_t sent = 0;
    while (sent < out.size()) {
      const ssize_t n = ::send(fd, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return;
      sent += static_cast<std::size_t>(n);
    }
  }

  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  SinkAnswer answer_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace sluice::test
