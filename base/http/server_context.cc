#include "base/http/server_context.h"

namespace sluice::http {

void OpenExchanges::enter() {
  const std::lock_guard lock(mutex_);
  ++count_;
}

void OpenExchanges::leave() {
  const std::lock_guard lock(mutex_);
  if (--count_ == 0) idle_.notify_all();
}

void OpenExchanges::wait() const {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return count_ == 0; });
}

Security ServerContext::security() const {
  const std::lock_guard lock(mutex_);
  return security_;
}

void ServerContext::set_security(Security security) {
  const std::lock_guard lock(mutex_);
  security_ = std::move(security);
}

}  // namespace sluice::http
