#include "agent/tail/wakeup.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "base/types/assert.h"

namespace sluice::agent {

Wakeup::Wakeup() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  SLUICE_ASSERT(fd_ >= 0);
}

Wakeup::~Wakeup() {
  ::close(fd_);
}

void Wakeup::wake() {
  const std::uint64_t one = 1;
  const auto written = ::write(fd_, &one, sizeof one);
  static_cast<void>(written);  // EAGAIN: the counter is full, so it is awake already
}

void Wakeup::clear() {
  std::uint64_t count = 0;
  const auto got = ::read(fd_, &count, sizeof count);
  static_cast<void>(got);  // EAGAIN: nobody woke us
}

void wait_readable(int first, int second, int timeout_ms) {
  std::array<pollfd, 2> fds{pollfd{first, POLLIN, 0}, pollfd{second, POLLIN, 0}};
  ::poll(fds.data(), fds.size(), timeout_ms);  // a negative descriptor is ignored
}

}  // namespace sluice::agent
