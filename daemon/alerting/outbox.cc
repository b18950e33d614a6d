#include "daemon/alerting/outbox.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "base/telemetry/log.h"

namespace sluice::alerting {
namespace {

using storage::Keyspace;

double random_jitter() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0.8, 1.2)(random);
}

}  // namespace

Duration retry_delay(const OutboxOptions& options, unsigned attempts,
                     std::optional<Duration> retry_after, double jitter) {
  constexpr Duration longest_wish = std::chrono::hours(1);
  const double factor = std::pow(2.0, std::min(attempts > 0 ? attempts - 1 : 0U, 30U));
  const double ns = std::min(static_cast<double>(options.retry_initial.count()) * factor,
                             static_cast<double>(options.retry_max.count()));
  Duration delay{static_cast<std::int64_t>(ns * jitter)};
  if (retry_after) delay = std::max(delay, std::min(*retry_after, longest_wish));
  return delay;
}

Outbox::Outbox(OutboxOptions options, storage::Store& store, Clock& clock, Metrics& metrics)
    : options_(options),
      store_(store),
      clock_(clock),
      metrics_(metrics),
      waiting_(metrics.gauge("sluice_alerting_outbox_rows",
                             "Notifications and hooks not yet delivered.")) {}

Outbox::~Outbox() {
  stop();
}

Result<void> Outbox::load() {
  SLUICE_TRY(const auto documents, store_.scan(Keyspace::outbox, ""));
  for (const auto& document : documents) {
    SLUICE_TRY(auto row, decode_row(document.key, document.value));
    rows_.emplace(document.key, std::move(row));
  }
  SLUICE_TRY(const auto stored, store_.scan(Keyspace::receipt, ""));
  std::vector<std::pair<Timestamp, std::string>> by_age;
  for (const auto& document : stored) {
    SLUICE_TRY(const auto receipt, decode_receipt(document.key, document.value));
    by_age.emplace_back(receipt.done, document.key);
  }
  std::sort(by_age.begin(), by_age.end());
  for (auto& [done, key] : by_age) receipts_.push_back(std::move(key));
  waiting_.set(static_cast<double>(rows_.size()));
  return {};
}

void Outbox::handle(std::string kind, DeliverFn deliver) {
  handlers_[std::move(kind)] = std::move(deliver);
}

bool Outbox::has_room(const std::string& slot) const {
  const std::lock_guard lock(mutex_);
  return rows_.size() < options_.max_rows || rows_.count(slot) > 0;
}

Result<void> Outbox::commit(storage::Step step, std::vector<OutboxRow> rows) {
  const Timestamp now = clock_.now();
  for (auto& row : rows) {
    row.created = row.next_try = now;
    if (row.give_up == Timestamp{}) row.give_up = now + options_.give_up_after;
    step.put(Keyspace::outbox, row.slot, encode(row));
  }
  const std::lock_guard serial(commit_mutex_);
  SLUICE_CHECK(store_.commit(step));
  if (rows.empty()) return {};
  const std::lock_guard lock(mutex_);
  for (auto& row : rows) rows_.insert_or_assign(row.slot, row);
  waiting_.set(static_cast<double>(rows_.size()));
  wake_.notify_all();
  return {};
}

Result<std::optional<Receipt>> Outbox::receipt(const std::string& key) {
  SLUICE_TRY(const auto value, store_.get(Keyspace::receipt, key));
  if (!value) return std::optional<Receipt>();
  SLUICE_TRY(auto receipt, decode_receipt(key, *value));
  return std::optional<Receipt>(std::move(receipt));
}

std::vector<OutboxRow> Outbox::rows() const {
  const std::lock_guard lock(mutex_);
  std::vector<OutboxRow> out;
  for (const auto& [slot, row] : rows_) out.push_back(row);
  return out;
}

std::optional<OutboxRow> Outbox::take_due() {
  const Timestamp now = clock_.now();
  const std::lock_guard lock(mutex_);
  const OutboxRow* best = nullptr;
  for (const auto& [slot, row] : rows_) {
    if (row.next_try > now || in_flight_.count(slot)) continue;
    if (best == nullptr || row.next_try < best->next_try) best = &row;
  }
  if (best == nullptr) return std::nullopt;
  in_flight_.insert(best->slot);
  return *best;
}

std::size_t Outbox::deliver_due() {
  // A row that fails is due later by the clock, so this ends even when the clock stands still.
  std::size_t attempts = 0;
  while (auto row = take_due()) {
    attempt(std::move(*row));
    ++attempts;
  }
  return attempts;
}

void Outbox::attempt(OutboxRow row) {
  ++row.attempts;
  const auto handler = handlers_.find(row.kind);
  const Delivery delivery =
      handler == handlers_.end()
          ? Delivery{Delivery::Outcome::refused, 0, "nobody delivers \"" + row.kind + "\"", "", {}}
          : handler->second(row);
  finish(row, delivery);
  const std::lock_guard lock(mutex_);
  in_flight_.erase(row.slot);
}

void Outbox::finish(const OutboxRow& row, const Delivery& delivery) {
  switch (delivery.outcome) {
    case Delivery::Outcome::delivered: return end(row, delivery, "delivered");
    case Delivery::Outcome::refused: return end(row, delivery, "refused");
    case Delivery::Outcome::retry: break;
  }
  if (clock_.now() >= row.give_up) return end(row, delivery, "gave_up");
  keep_for_retry(row, delivery);
}

void Outbox::keep_for_retry(OutboxRow row, const Delivery& delivery) {
  row.last_error = delivery.detail;
  row.next_try =
      clock_.now() + retry_delay(options_, row.attempts, delivery.retry_after, random_jitter());
  count(row, "retried");
  log_warn("delivery failed, will retry", {{"target", row.target},
                                           {"key", row.key},
                                           {"attempts", row.attempts},
                                           {"error", delivery.detail}});
  const std::lock_guard serial(commit_mutex_);
  {
    const std::lock_guard lock(mutex_);
    auto it = rows_.find(row.slot);
    if (it == rows_.end() || it->second.key != row.key) return;  // replaced meanwhile
    it->second = row;
  }
  storage::Step step;
  step.put(Keyspace::outbox, row.slot, encode(row));
  // In memory the attempt counts anyway; a restart then only tries earlier.
  if (auto done = store_.commit(step); !done) {
    log_error("cannot store a delivery attempt", {{"key", row.key}, {"error", done.error()}});
  }
}

void Outbox::end(const OutboxRow& row, const Delivery& delivery, std::string outcome) {
  count(row, outcome);
  if (outcome != "delivered") {
    log_error("delivery ended without success", {{"target", row.target},
                                                 {"key", row.key},
                                                 {"outcome", outcome},
                                                 {"error", delivery.detail}});
  }
  const Receipt receipt{row.key,         row.slot,        row.kind,     row.target,
                        outcome,         delivery.status, row.attempts, delivery.detail,
                        delivery.output, row.created,     clock_.now()};
  const std::lock_guard serial(commit_mutex_);
  storage::Step step;
  step.put(Keyspace::receipt, row.key, encode(receipt));
  const std::lock_guard lock(mutex_);
  const auto it = rows_.find(row.slot);
  const bool current = it != rows_.end() && it->second.key == row.key;
  if (current) step.remove(Keyspace::outbox, row.slot);
  prune_receipts(step, row.key);
  if (auto done = store_.commit(step); !done) {
    // The row stays: it will be sent again with the same key once the store takes writes.
    log_error("cannot store a receipt", {{"key", row.key}, {"error", done.error()}});
    if (current) it->second.next_try = clock_.now() + options_.retry_initial;
    return;
  }
  if (current) rows_.erase(it);
  waiting_.set(static_cast<double>(rows_.size()));
}

void Outbox::prune_receipts(storage::Step& step, const std::string& newest) {
  receipts_.push_back(newest);
  while (receipts_.size() > options_.max_receipts) {
    step.remove(Keyspace::receipt, receipts_.front());
    receipts_.pop_front();
  }
}

void Outbox::count(const OutboxRow& row, std::string_view outcome) {
  metrics_
      .counter("sluice_alerting_deliveries_total", "Attempts to deliver, by how they ended.",
               {{"target", row.target}, {"kind", row.kind}, {"outcome", std::string(outcome)}})
      .inc();
}

void Outbox::start() {
  for (std::size_t i = 0; i < options_.workers; ++i) {
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

void Outbox::stop() {
  for (auto& worker : workers_) worker.request_stop();
  workers_.clear();
}

void Outbox::work(const std::stop_token& stop) {
  // The clock is injected, so waiting for a row's time is a poll, woken early by commit().
  constexpr auto poll = std::chrono::milliseconds(100);
  while (!stop.stop_requested()) {
    if (auto row = take_due()) {
      attempt(std::move(*row));
      continue;
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, poll, [] { return false; });
  }
}

}  // namespace sluice::alerting
