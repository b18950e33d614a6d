// Wakeup: lets other threads end the tailer's sleep (an eventfd).
#pragma once

namespace sluice::agent {

class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  void wake();  // from any thread
  int fd() const { return fd_; }
  void clear();

 private:
  int fd_;
};

// Sleeps until one of the descriptors is readable or the time is over.
void wait_readable(int first, int second, int timeout_ms);

}  // namespace sluice::agent
