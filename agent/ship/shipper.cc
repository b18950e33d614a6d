#include "agent/ship/shipper.h"

#include <fstream>
#include <iterator>

#include "agent/ship/push_encode.h"
#include "agent/ship/verdict.h"

namespace sluice::agent {

Result<Target> make_target(const ShipOptions& options) {
  Target target{options.server, options.tenant, {}, options.identity, {}};
  while (target.server.ends_with('/')) target.server.pop_back();
  target.timeout = std::chrono::ceil<std::chrono::milliseconds>(options.timeout);
  if (options.token_file.empty()) return target;
  std::ifstream in(options.token_file, std::ios::binary);
  if (!in) return Error{ErrorCode::io, "cannot read token file " + options.token_file};
  target.token.assign(std::istreambuf_iterator<char>(in), {});
  const auto end = target.token.find_last_not_of(" \t\r\n");
  target.token.erase(end == std::string::npos ? 0 : end + 1);
  if (target.token.empty())
    return invalid_argument("token file " + options.token_file + " is empty");
  return target;
}

http::ClientRequest make_request(const Target& target, std::string_view path) {
  http::ClientRequest request;
  request.method = "POST";
  request.url = target.server + std::string(path);
  request.timeout = target.timeout;
  request.headers.set("Content-Type", "application/x-protobuf");
  request.headers.set("User-Agent", "sluice-agent");
  if (!target.tenant.empty()) request.headers.set("X-Scope-OrgID", target.tenant);
  if (!target.token.empty()) request.headers.set("Authorization", "Bearer " + target.token);
  return request;
}

http::ClientRequest push_request(const Target& target, const Batch& batch) {
  auto request = make_request(target, "/loki/api/v1/push");
  if (target.identity) request.headers.set(batch_header, format_batch_identity(batch.identity));
  request.body = encode_push_body(batch);
  return request;
}

Shipper::Shipper(Target target, std::size_t threads, HttpSend send, AgentMetrics& metrics,
                 Done done)
    : send_(std::move(send)),
      metrics_(metrics),
      done_(std::move(done)),
      target_(std::make_shared<const Target>(std::move(target))) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this](std::stop_token stop) { run(stop); });
}

Shipper::~Shipper() {
  stop();
}

void Shipper::submit(Batch batch) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(batch));
  }
  wake_.notify_one();
}

void Shipper::set_target(Target target) {
  const std::lock_guard lock(mutex_);
  target_ = std::make_shared<const Target>(std::move(target));
}

void Shipper::stop() {
  for (auto& t : threads_) t.request_stop();
  threads_.clear();
}

void Shipper::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    if (!wake_.wait(lock, stop, [this] { return !queue_.empty(); })) return;
    Batch batch = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    auto outcome = push(batch, stop);
    done_(std::move(batch), std::move(outcome));
  }
}

Outcome Shipper::push(const Batch& batch, const std::stop_token& stop) {
  std::shared_ptr<const Target> target;
  {
    const std::lock_guard lock(mutex_);
    target = target_;
  }
  auto request = push_request(*target, batch);
  request.cancel = stop;
  const auto begin = std::chrono::steady_clock::now();
  const auto answer = send_(std::move(request));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  metrics_.push_seconds.observe(took.count());
  return judge_answer(answer, batch.identity);
}

}  // namespace sluice::agent
