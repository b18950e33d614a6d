#include "base/http/websocket_queue.h"

namespace sluice::http {

WebSocketQueue::WebSocketQueue(std::size_t limit, std::function<void()> on_change)
    : limit_(limit), on_change_(std::move(on_change)) {}

bool WebSocketQueue::send(std::string text) {
  {
    const std::lock_guard lock(mutex_);
    if (!open_ || close_ || queue_.size() >= limit_) return false;
    queue_.push_back(std::move(text));
  }
  on_change_();
  return true;
}

bool WebSocketQueue::open() const {
  const std::lock_guard lock(mutex_);
  return open_ && !close_;
}

void WebSocketQueue::close(int code, std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    if (!open_ || close_) return;
    reason.resize(std::min<std::size_t>(reason.size(), 120));  // fits a control frame
    close_ = Close{code, std::move(reason)};
  }
  on_change_();
}

std::optional<std::string> WebSocketQueue::pop() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return std::nullopt;
  std::string text = std::move(queue_.front());
  queue_.pop_front();
  return text;
}

std::optional<WebSocketQueue::Close> WebSocketQueue::close_request() const {
  const std::lock_guard lock(mutex_);
  return queue_.empty() ? close_ : std::nullopt;
}

void WebSocketQueue::mark_closed() {
  const std::lock_guard lock(mutex_);
  open_ = false;
  queue_.clear();
}

}  // namespace sluice::http
