#include "agent/ship/remote_writer.h"

#include <algorithm>
#include <random>

#include "agent/ship/verdict.h"
#include "base/codec/compress.h"
#include "base/telemetry/log.h"

namespace sluice::agent {

WriteVerdict judge_write(const Result<http::ClientResponse>& answer) {
  if (!answer) return WriteVerdict::retry;
  const int status = answer->status;
  if (status >= 200 && status < 300) return WriteVerdict::written;
  for (const int s : {401, 403, 404, 407, 408, 425, 429})
    if (status == s) return WriteVerdict::retry;
  return status >= 500 ? WriteVerdict::retry : WriteVerdict::refused;
}

http::ClientRequest write_request(const Target& target, const WriteBody& body) {
  auto request = make_request(target, "/api/v1/write");
  request.headers.set("Content-Encoding", "snappy");
  request.headers.set("X-Prometheus-Remote-Write-Version", "0.1.0");
  request.body = snappy_compress(body.protobuf);
  return request;
}

RemoteWriter::RemoteWriter(Target target, WriteQueueLimit queue_limit, Backoff backoff,
                           HttpSend send, AgentMetrics& metrics)
    : queue_limit_(queue_limit),
      backoff_(backoff),
      send_(std::move(send)),
      metrics_(metrics),
      target_(std::make_shared<const Target>(std::move(target))),
      thread_([this](std::stop_token stop) { run(stop); }) {}

RemoteWriter::~RemoteWriter() {
  stop();
}

void RemoteWriter::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void RemoteWriter::set_target(Target target) {
  const std::lock_guard lock(mutex_);
  target_ = std::make_shared<const Target>(std::move(target));
}

bool RemoteWriter::full(const WriteBody& more) const {
  return queue_.size() >= queue_limit_.bodies ||
         queued_bytes_ + more.protobuf.size() > queue_limit_.bytes;
}

void RemoteWriter::enqueue(WriteBody body) {
  {
    const std::lock_guard lock(mutex_);
    while (!queue_.empty() && full(body)) {
      metrics_.samples_dropped.inc(static_cast<double>(queue_.front().samples));
      queued_bytes_ -= queue_.front().protobuf.size();
      queue_.pop_front();
    }
    queued_bytes_ += body.protobuf.size();
    queue_.push_back(std::move(body));
  }
  wake_.notify_one();
}

bool RemoteWriter::next(WriteBody& body, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!wake_.wait(lock, stop, [this] { return !queue_.empty(); })) return false;
  body = std::move(queue_.front());
  queue_.pop_front();
  queued_bytes_ -= body.protobuf.size();
  return true;
}

void RemoteWriter::run(const std::stop_token& stop) {
  WriteBody body;
  while (!stop.stop_requested() && next(body, stop)) deliver(body, stop);
}

void RemoteWriter::deliver(const WriteBody& body, const std::stop_token& stop) {
  auto backoff = backoff_;
  std::mt19937_64 random(std::random_device{}());
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    const auto target = target_;
    lock.unlock();
    auto request = write_request(*target, body);
    request.cancel = stop;
    const auto answer = send_(std::move(request));
    const auto samples = static_cast<double>(body.samples);
    switch (judge_write(answer)) {
      case WriteVerdict::written: return metrics_.samples.inc(samples);
      case WriteVerdict::refused:
        log_error("the server refused metrics",
                  {{"status", answer->status}, {"server", answer->body.substr(0, 300)}});
        return metrics_.samples_rejected.inc(samples);
      case WriteVerdict::retry: break;
    }
    if (stop.stop_requested()) return;
    metrics_.write_retries.inc();
    const auto asked = answer ? retry_after(answer->headers) : Duration{0};
    const auto wait = std::max(asked, backoff.next(std::uniform_real_distribution<>(0, 1)(random)));
    lock.lock();
    wake_.wait_for(lock, stop, wait, [] { return false; });
  }
}

}  // namespace sluice::agent
