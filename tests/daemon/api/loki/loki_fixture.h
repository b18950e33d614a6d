// LokiFixture: the Loki API over a memory source, called through Router::dispatch.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json_fwd.hpp>

#include "base/telemetry/metrics.h"
#include "daemon/api/loki/routes.h"
#include "query/timed_source.h"
#include "tests/query/memory_source.h"

namespace sluice::api::test {

inline constexpr std::int64_t now_s = 1'700'000'000;

// A WebSocket that remembers what it was sent. Waiting is for frames, never for time.
class FakeSocket : public http::WebSocket {
 public:
  bool send(std::string text) override {
    const std::lock_guard lock(mutex_);
    if (refusing_) return false;
    frames_.push_back(std::move(text));
    arrived_.notify_all();
    return true;
  }
  bool open() const override { return close_code_ == 0; }
  void close(int code, std::string) override { close_code_ = code; }

  // While refusing, its queue is "full".
  void refuse(bool on) {
    const std::lock_guard lock(mutex_);
    refusing_ = on;
  }
  std::vector<nlohmann::json> wait_for(std::size_t frames);
  // The lines of all frames, once there are so many.
  std::vector<std::string> wait_for_lines(std::size_t lines);
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return frames_.size();
  }
  int close_code() const { return close_code_; }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::string> frames_;
  bool refusing_ = false;
  std::atomic<int> close_code_{0};
};

// A source where something may happen just before a query gets its view.
class HookedLogSource : public query::test::MemoryLogSource {
 public:
  using MemoryLogSource::MemoryLogSource;
  std::function<void()> before_select;
  Result<std::unique_ptr<query::LogScan>> open_scan(const query::LogSelect& select,
                                                    query::QueryContext& context) override {
    if (before_select) before_select();
    return MemoryLogSource::open_scan(select, context);
  }
};

struct LokiFixture {
  HookedLogSource logs{4};
  query::test::MemorySampleSource samples;
  query::TimedLogSource timed{logs};
  query::Engine engine{timed, samples};
  ManualClock clock{from_unix_ns(now_s * 1'000'000'000)};
  Metrics metrics;
  storage::PushListener listener;
  bool listening = false;
  std::optional<http::Router> router;

  explicit LokiFixture(LokiOptions options = {}) {
    LokiSources sources{engine, logs,
                        [this](storage::PushListener l) {
                          listener = std::move(l);
                          listening = true;
                          return std::uint64_t{7};
                        },
                        [this](std::uint64_t handle) {
                          CHECK(handle == 7);
                          listening = false;
                        }};
    router.emplace();
    add_loki_routes(*router, std::move(sources), clock, metrics, std::move(options));
  }

  // `seconds` before now.
  void add(const LabelSet& labels, double seconds, std::string line, LabelSet metadata = {}) {
    logs.add(labels, static_cast<double>(now_s) - seconds, std::move(line), std::move(metadata));
  }
  // Stores and tells the tails, as the store does.
  void push(const LabelSet& labels, std::int64_t at_s, const std::string& line) {
    const LogEntry entry{from_unix_ns((now_s + at_s) * 1'000'000'000), line, {}};
    logs.add(labels, entry);
    if (listener) listener(default_tenant(), {{labels, {{entry.timestamp, line, {}}}}});
  }

  static http::Request request(const std::string& path, const std::string& parameters) {
    http::Request out;
    out.method = "GET";
    out.path = "/loki/api/v1" + path;
    out.target = out.path + "?" + parameters;
    out.query = http::Params::parse(parameters);
    return out;
  }
  http::Response call(const std::string& path, const std::string& parameters = "") {
    return router->dispatch(request(path, parameters));
  }
  // The body of a successful call.
  nlohmann::json get(const std::string& path, const std::string& parameters = "");
  // Its data.result.
  nlohmann::json result(const std::string& path, const std::string& parameters);
  // "status: text" of a failing call.
  std::string error(const std::string& path, const std::string& parameters) {
    const auto response = call(path, parameters);
    CHECK(response.headers.get("Content-Type").starts_with("text/plain"));
    return std::to_string(response.status) + ": " + response.body;
  }
};

inline std::string enc(std::string_view text) {
  return http::percent_encode(text);
}

}  // namespace sluice::api::test
