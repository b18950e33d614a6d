// RemoteWriter: sends encoded samples to {server}/api/v1/write, oldest first, from its own thread.
//
// The queue is bounded: when the server is away for longer than it holds, the oldest scrape is
// dropped and counted (fresh samples are worth more than old ones). Network errors, 5xx, 429 and
// refused credentials are tried again with backoff; other answers drop the scrape and are counted.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "agent/batch/backoff.h"
#include "agent/ship/shipper.h"

namespace sluice::agent {

struct WriteBody {
  std::string protobuf;
  std::size_t samples = 0;
};

enum class WriteVerdict { written, retry, refused };
WriteVerdict judge_write(const Result<http::ClientResponse>& answer);
http::ClientRequest write_request(const Target& target, const WriteBody& body);

// What may wait; past it the oldest bodies are dropped and counted.
struct WriteQueueLimit {
  std::size_t bodies = static_cast<std::size_t>(-1);
  std::size_t bytes = static_cast<std::size_t>(-1);
};

class RemoteWriter {
 public:
  RemoteWriter(Target target, WriteQueueLimit queue_limit, Backoff backoff, HttpSend send,
               AgentMetrics& metrics);
  ~RemoteWriter();

  void enqueue(WriteBody body);  // from any thread; never blocks
  void set_target(Target target);
  void stop();

 private:
  void run(const std::stop_token& stop);
  // Until it is written, refused or `stop`.
  void deliver(const WriteBody& body, const std::stop_token& stop);
  bool next(WriteBody& body, const std::stop_token& stop);

  bool full(const WriteBody& more) const;

  const WriteQueueLimit queue_limit_;
  const Backoff backoff_;
  HttpSend send_;
  AgentMetrics& metrics_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<WriteBody> queue_;           // guarded by mutex_
  std::size_t queued_bytes_ = 0;          // guarded by mutex_
  std::shared_ptr<const Target> target_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace sluice::agent
