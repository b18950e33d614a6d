// DbusClient: a connection to a bus, or to a service's own socket, that makes calls and waits for
// their answers until a deadline. No signals, no objects of its own. One thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "agent/host/dbus_message.h"
#include "base/types/result.h"

namespace sluice::agent {

class DbusClient {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  enum class Peer { bus, service };

  // Authenticates as this process's user; on a bus it also says Hello. Error(unavailable) if
  // nobody listens there, Error(timeout) at the deadline, which holds for all calls as well.
  static Result<DbusClient> connect(const std::string& socket, Peer peer, Deadline deadline);
  DbusClient(DbusClient&& other) noexcept;
  DbusClient& operator=(DbusClient&&) = delete;
  ~DbusClient();

  // One answer per call, in their order; an answer may be of type error. Many calls are under way
  // at a time. An Error means that the connection is of no more use.
  Result<std::vector<DbusMessage>> call(const std::vector<DbusCall>& calls);

 private:
  DbusClient(int fd, Deadline deadline) : fd_(fd), deadline_(deadline) {}
  Result<void> authenticate();
  Result<void> wait(short events);
  Result<void> write_all(std::string_view bytes);
  Result<void> read_more();
  Result<void> read_until(std::size_t bytes);
  Result<std::string> read_auth_line();
  Result<DbusMessage> read_message();
  Result<void> exchange(const std::vector<DbusCall>& calls, std::size_t first, std::size_t end,
                        std::vector<DbusMessage>& answers);

  int fd_;
  Deadline deadline_;
  std::uint32_t serial_ = 0;  // of the last call
  std::string input_;         // read and not yet consumed
};

}  // namespace sluice::agent
