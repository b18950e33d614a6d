#include "tests/demo/run.h"

#include <signal.h>
#include <time.h>

#include <algorithm>

#include "tests/demo/deployment.h"
#include "tests/demo/log_file.h"
#include "tests/demo/pace.h"

namespace sluice::demo {
namespace {

constexpr std::chrono::milliseconds tick{50};
constexpr std::chrono::milliseconds look_for_deploy{200};

// Sleeping and waiting for SIGINT or SIGTERM are one call: no handler, no flag, no lost signal.
class StopSignal {
 public:
  StopSignal() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    sigprocmask(SIG_BLOCK, &set_, nullptr);
  }
  bool came_within(std::chrono::nanoseconds wait) const {
    const timespec t{wait.count() / 1'000'000'000, wait.count() % 1'000'000'000};
    return sigtimedwait(&set_, nullptr, &t) > 0;
  }

 private:
  sigset_t set_{};
};

// The shop, its pace, its version and where its lines go, put together.
class Running {
 public:
  Running(RunOptions options, LogFile out)
      : options_(std::move(options)), deployment_(options_.state_dir), out_(std::move(out)),
        shop_(options_.shop), pace_(options_.rate, options_.shop.seed) {}

  Result<void> until_stopped() {
    const StopSignal stop;
    SLUICE_CHECK(start());
    for (Duration elapsed{0}; !finished(elapsed); elapsed = since_start()) {
      SLUICE_CHECK(follow_deployment(elapsed));
      SLUICE_CHECK(write_due(elapsed));
      if (stop.came_within(tick)) break;
    }
    return {};
  }

 private:
  bool finished(Duration elapsed) const {
    return options_.duration && elapsed >= *options_.duration;
  }
  Duration since_start() const { return std::chrono::steady_clock::now() - started_; }

  Result<void> start() {
    if (!options_.state_dir.empty()) {
      SLUICE_TRY(auto version, deployment_.current());
      if (!version) SLUICE_CHECK(deployment_.deploy(options_.shop.version));
      shop_.become(version.value_or(options_.shop.version));
    }
    return announce();
  }

  Result<void> follow_deployment(Duration elapsed) {
    if (options_.state_dir.empty() || elapsed < next_look_) return {};
    next_look_ = elapsed + look_for_deploy;
    SLUICE_TRY(auto version, deployment_.current());
    if (!version || *version == shop_.version()) return {};
    shop_.become(*version);
    return announce();
  }

  Result<void> announce() {
    last_stamp_ = system_clock().now();
    return out_.append(shop_.started(last_stamp_) + "\n");
  }

  // Lines are spread over the time since the last ones: they differ and rise, as real ones do.
  Result<void> write_due(Duration elapsed) {
    std::string lines;
    const auto n = static_cast<std::int64_t>(pace_.due(elapsed));
    const Timestamp now = std::max(system_clock().now(), last_stamp_);
    for (std::int64_t i = 1; i <= n; ++i) {
      lines += shop_.next(last_stamp_ + (now - last_stamp_) / n * i);
      lines += '\n';
    }
    last_stamp_ = now;
    return out_.append(lines);
  }

  RunOptions options_;
  Deployment deployment_;
  LogFile out_;
  Shop shop_;
  Pace pace_;
  Duration next_look_{look_for_deploy};
  Timestamp last_stamp_{};  // of the last line
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<void> run_shop(RunOptions options) {
  const std::string path = options.file == "-" ? "/dev/stdout" : options.file;
  const auto limit = options.file == "-" ? UINT64_MAX : options.max_bytes;
  SLUICE_TRY(auto out, LogFile::open(path, limit));
  return Running(std::move(options), std::move(out)).until_stopped();
}

}  // namespace sluice::demo
