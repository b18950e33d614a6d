// When a source's next batch is due, and how rejected batches are narrowed down. Pure.
//
// The file is the buffer: nothing is read before it can be sent, so memory does not grow with the
// backlog. Times are monotonic.
#pragma once

#include <cstdint>
#include <optional>

#include "base/types/time.h"

namespace sluice::agent {

struct PaceOptions {
  std::uint64_t batch_bytes = 1 << 20;
  Duration batch_age{};
  Duration linger{};
};

// A full batch is due at once; a small one `linger` after its first byte, but not sooner than
// `batch_age` after the batch before: quiet sources are fast, busy ones fill their batches.
class Pace {
 public:
  void grew(Duration now) {
    if (!pending_since_) pending_since_ = now;
    last_growth_ = now;
  }
  void sent(Duration now) {
    pending_since_.reset();
    last_sent_ = now;
  }
  // What was sent last must be sent again: no need to wait for more.
  void again(Duration now) {
    grew(now);
    last_sent_ = long_ago;
  }
  // The unread bytes up to `size` hold no complete line: look again when the file grows.
  void held(std::uint64_t size) { held_size_ = size; }
  void not_before(Duration t) { not_before_ = t; }
  Duration earliest() const { return not_before_; }
  Duration last_growth() const { return last_growth_; }

  // When the next batch is due; nullopt: nothing to send. `urgent` ignores linger and age,
  // `final` also takes a line without end.
  std::optional<Duration> due_at(std::uint64_t unread, std::uint64_t size, bool urgent, bool final,
                                 const PaceOptions& options) const;

 private:
  std::optional<Duration> pending_since_;
  Duration last_growth_{0};
  static constexpr Duration long_ago = Duration::min() / 4;
  Duration last_sent_{long_ago};
  Duration not_before_{0};
  std::uint64_t held_size_ = 0;
};

// A rejected batch may owe it to one line of many. Halves the batch until the bad line is alone;
// that one goes to quarantine. If eight lines in a row are bad on their own, it is not the lines:
// whole batches go to quarantine until one is accepted.
class Narrowing {
 public:
  enum class Verdict { smaller, quarantine };
  Verdict rejected(std::size_t entries);
  void accepted();
  std::size_t max_entries(std::size_t full) const { return limit_ == 0 ? full : limit_; }

 private:
  static constexpr int patience = 8;
  std::size_t limit_ = 0;  // 0: none
  int strikes_ = 0;
};

// Whether to try at all: after the server failed as a whole, one probe at a time goes out, so a
// server coming back is not met by every source at once.
class ServerGate {
 public:
  bool may_send(Duration now, std::size_t in_flight) const {
    return !failing_ || (now >= retry_at_ && in_flight == 0);
  }
  void failed(Duration retry_at) {
    failing_ = true;
    retry_at_ = retry_at;
  }
  void succeeded() { failing_ = false; }
  bool failing() const { return failing_; }
  Duration retry_at() const { return retry_at_; }

 private:
  bool failing_ = false;
  Duration retry_at_{0};
};

}  // namespace sluice::agent
