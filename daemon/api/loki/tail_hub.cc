#include "daemon/api/loki/tail_hub.h"

#include <algorithm>

namespace sluice::api::loki {

namespace {

std::string key_of(const TailRequest& request) {
  return request.tenant.value + '\n' + std::to_string(request.delay.count()) + '\n' +
         query::to_string(request.expr);
}

Error too_many_tails(std::size_t count, std::size_t limit) {
  return {ErrorCode::limit_exceeded,
          "max concurrent tail requests limit exceeded, count > limit (" + std::to_string(count) +
              " > " + std::to_string(limit) + ")"};
}

}  // namespace

TailHub::TailHub(Listen listen, Unlisten unlisten, PerTenant<std::size_t> max_tails,
                 Metrics& metrics)
    : listen_(std::move(listen)),
      unlisten_(std::move(unlisten)),
      max_tails_(std::move(max_tails)),
      open_tails_(metrics.gauge("sluice_tails_open", "Live tails that are open.")),
      dropped_(metrics.counter("sluice_tail_dropped_entries_total",
                               "Entries a live tail was too slow to take.")),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

TailHub::~TailHub() {
  if (handle_) unlisten_(*handle_);
  thread_.request_stop();
  thread_.join();
  for (const auto& [key, tail] : tails_)
    for (const auto& listener : tail->listeners) listener->close(1001, "the server is going down");
}

// Not under mutex_: the store's own lock is held while it calls on_push.
void TailHub::listen_once() {
  std::call_once(listening_, [this] {
    handle_ = listen_([this](const TenantId& tenant, const std::vector<PushStream>& streams) {
      on_push(tenant, streams);
    });
  });
}

Result<std::shared_ptr<TailListener>> TailHub::open(const TailRequest& request,
                                                    std::shared_ptr<http::WebSocket> socket) {
  listen_once();
  const auto& log = std::get<query::LogQuery>(request.expr.node);
  SLUICE_TRY(auto query, TailQuery::make(request.tenant, log, request.delay, request.levels));
  auto listener =
      std::make_shared<TailListener>(std::move(socket), request.categorize, request.legacy);
  const std::lock_guard lock(mutex_);
  const std::size_t max = max_tails_.of(request.tenant);
  if (const auto open = counts_.find(request.tenant); open != counts_.end() && open->second >= max)
    return too_many_tails(open->second + 1, max);
  auto& tail = tails_[key_of(request)];
  if (tail == nullptr) tail = std::make_shared<Tail>(Tail{request.tenant, std::move(query), {}});
  tail->listeners.push_back(listener);
  count(request.tenant, 1);
  return listener;
}

void TailHub::count(const TenantId& tenant, int change) {
  count_ += static_cast<std::size_t>(change);
  open_tails_.set(static_cast<double>(count_));
  std::size_t& own = counts_[tenant];
  own += static_cast<std::size_t>(change);
  if (own == 0) counts_.erase(tenant);
}

void TailHub::begin(const std::shared_ptr<TailListener>& listener, const query::Streams& history) {
  std::uint64_t last_offer = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, tail] : tails_)
      if (std::find(tail->listeners.begin(), tail->listeners.end(), listener) !=
          tail->listeners.end())
        last_offer = tail->query.offers();
  }
  listener->begin(history, last_offer);
}

void TailHub::close(const std::shared_ptr<TailListener>& listener) {
  const std::lock_guard lock(mutex_);
  for (auto it = tails_.begin(); it != tails_.end(); ++it) {
    auto& listeners = it->second->listeners;
    const auto found = std::find(listeners.begin(), listeners.end(), listener);
    if (found == listeners.end()) continue;
    dropped_.inc(static_cast<double>(listener->dropped_total()));
    listeners.erase(found);
    count(it->second->tenant, -1);
    if (listeners.empty()) tails_.erase(it);
    return;
  }
}

void TailHub::on_push(const TenantId& tenant, const std::vector<PushStream>& streams) {
  const std::lock_guard lock(mutex_);
  if (tails_.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  for (const auto& [key, tail] : tails_) tail->query.offer(tenant, streams, now);
  changed_.notify_one();
}

std::optional<TailQuery::SteadyTime> TailHub::next_due() const {
  std::optional<TailQuery::SteadyTime> next;
  for (const auto& [key, tail] : tails_)
    if (const auto due = tail->query.next_due(); due && (!next || *due < *next)) next = due;
  return next;
}

std::vector<TailHub::Work> TailHub::take_work() {
  const auto now = std::chrono::steady_clock::now();
  std::vector<Work> work;
  for (const auto& [key, tail] : tails_) {
    auto due = tail->query.take(now);
    if (!due.streams.empty()) work.push_back({tail, std::move(due), tail->listeners});
  }
  return work;
}

void TailHub::run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    // A tail without delay may become due before the one waited for.
    if (const auto due = next_due())
      changed_.wait_until(lock, stop, *due, [&] { return next_due() != due; });
    else
      changed_.wait(lock, stop, [this] { return next_due().has_value(); });
    const auto work = take_work();
    lock.unlock();
    for (const auto& [tail, due, listeners] : work) {
      const auto streams = tail->query.evaluate(due.streams);
      for (const auto& listener : listeners) listener->deliver(streams, due);
    }
    lock.lock();
  }
}

}  // namespace sluice::api::loki
