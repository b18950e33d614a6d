// Handoff: pieces of a response from the I/O thread to the one thread that called the client.
// Holds a single piece: the socket is read no faster than the caller takes.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/http/client.h"

namespace sluice::http {

class Handoff {
 public:
  // I/O side; never block.
  bool full() const;
  void put(std::string piece);  // not when full
  void finish(Result<ClientResponse> outcome);

  // Caller's side. Blocks for a piece; nullopt once finished. on_taken is called after each piece
  // was taken, so that the I/O side may go on.
  std::optional<std::string> take(const std::function<void()>& on_taken);
  Result<ClientResponse> outcome();  // after take() gave nullopt

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::string> piece_;                // protected by mutex_
  std::optional<Result<ClientResponse>> outcome_;   // protected by mutex_
};

}  // namespace sluice::http
