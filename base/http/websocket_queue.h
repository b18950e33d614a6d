// WebSocketQueue: the WebSocket that a feed sees; a bounded queue between the feed's thread and
// the connection that writes. Beast-free. The feed's side is thread-safe; the connection's side
// (pop, close_request, mark_closed) is called on the connection's strand.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/http/router.h"

namespace sluice::http {

class WebSocketQueue : public WebSocket {
 public:
  struct Close {
    int code = 1000;
    std::string reason;
  };

  // on_change is called, from any thread, when there is something to write.
  WebSocketQueue(std::size_t limit, std::function<void()> on_change);

  bool send(std::string text) override;
  bool open() const override;
  void close(int code, std::string reason) override;

  std::optional<std::string> pop();
  // Set once the feed asked to close and everything queued before has been popped.
  std::optional<Close> close_request() const;
  void mark_closed();

 private:
  const std::size_t limit_;
  const std::function<void()> on_change_;
  mutable std::mutex mutex_;
  std::deque<std::string> queue_;  // protected by mutex_
  std::optional<Close> close_;     // protected by mutex_
  bool open_ = true;               // protected by mutex_
};

}  // namespace sluice::http
