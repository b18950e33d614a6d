// RawClient: a TCP client that sends exactly the bytes it is told to, for tests of what no decent
// client would do. Blocking, with a receive timeout so that a hanging server fails a test instead
// of stopping it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::http::test {

struct RawResponse {
  int status = 0;
  std::string head;
  std::string body;
  bool complete = false;
  bool has(std::string_view header_line) const;  // "Connection: close", compared exactly
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the server has closed.
  bool send(std::string_view bytes);
  RawResponse receive(bool head_request = false);
  RawResponse ask(std::string_view bytes);  // send, then receive
  // Reads until the server closes; what came, or a failed check after the timeout.
  std::string receive_all();
  bool closed_by_server();   // waits for the close
  void close();
  void finish_sending();     // FIN

 private:
  bool fill();

  int fd_ = -1;
  std::string buffer_;
};

}  // namespace sluice::http::test
