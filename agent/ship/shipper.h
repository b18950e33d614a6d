// Shipper: pushes batches to {server}/loki/api/v1/push from a few threads of its own.
//
// One attempt per batch; retrying is the tailer's business, because the file is the buffer. The
// tailer never submits more than max_in_flight batches at a time, so the queue is bounded by that.
// Works against any Loki: an answer without X-Sluice-High-Water is simply stored or not.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "agent/batch/batch.h"
#include "agent/config/options.h"
#include "agent/telemetry/agent_metrics.h"
#include "base/http/client.h"

namespace sluice::agent {

// http::Client::request, or a test's double. Called from several threads; blocks.
using HttpSend = std::function<Result<http::ClientResponse>(http::ClientRequest)>;

// Where to push and as whom.
struct Target {
  std::string server;  // without a slash at the end
  std::string tenant;
  std::string token;
  bool identity = true;
  std::chrono::milliseconds timeout{30'000};
};

// Reads the token file. The error names it.
Result<Target> make_target(const ShipOptions& options);
// Method, URL, tenant, token and user agent of a POST to the target.
http::ClientRequest make_request(const Target& target, std::string_view path);
http::ClientRequest push_request(const Target& target, const Batch& batch);

class Shipper {
 public:
  // Called from the shipper's threads, once per submitted batch.
  using Done = std::function<void(Batch, Outcome)>;

  Shipper(Target target, std::size_t threads, HttpSend send, AgentMetrics& metrics, Done done);
  ~Shipper();  // cancels what is in flight and joins

  void submit(Batch batch);
  void set_target(Target target);
  void stop();

 private:
  void run(const std::stop_token& stop);
  Outcome push(const Batch& batch, const std::stop_token& stop);

  HttpSend send_;
  AgentMetrics& metrics_;
  Done done_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Batch> queue_;               // guarded by mutex_
  std::shared_ptr<const Target> target_;  // guarded by mutex_
  std::vector<std::jthread> threads_;
};

}  // namespace sluice::agent
