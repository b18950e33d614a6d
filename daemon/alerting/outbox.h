// Outbox: durable rows that still have to be delivered, and the workers that deliver them.
// Format and guarantees: docs/format/outbox.md.
//
// commit() is the one way rows get in: together with the state that caused them, in one step.
// Deliveries run on the outbox's own threads (start()), or on the caller's in deliver_due(), which
// tests use. Rows of one slot are never in flight twice. All members are safe from any thread;
// handlers are called without locks held and may block.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/telemetry/metrics.h"
#include "base/types/time.h"
#include "daemon/alerting/outbox_row.h"
#include "daemon/storage/store.h"

namespace sluice::alerting {

struct OutboxOptions {
  std::size_t max_rows = 10'000;
  std::size_t max_receipts = 10'000;
  std::size_t workers = 2;
  Duration retry_initial = std::chrono::seconds(1);
  Duration retry_max = std::chrono::minutes(5);
  Duration give_up_after = std::chrono::hours(24);
};

// What one attempt led to.
struct Delivery {
  enum class Outcome { delivered, retry, refused };
  Outcome outcome = Outcome::delivered;
  int status = 0;      // HTTP status or exit code
  std::string detail;  // why not, or what was answered
  std::string output;
  std::optional<Duration> retry_after;
};

using DeliverFn = std::function<Delivery(const OutboxRow&)>;

// When to try again after `attempts` failed ones: doubled, capped, times `jitter` in [0.8, 1.2].
Duration retry_delay(const OutboxOptions& options, unsigned attempts,
                     std::optional<Duration> retry_after, double jitter);

class Outbox {
 public:
  Outbox(OutboxOptions options, storage::Store& store, Clock& clock, Metrics& metrics);
  ~Outbox();

  // Reads what a former process left. Call once, before anything else.
  Result<void> load();
  // Who delivers rows of this kind. Set before start().
  void handle(std::string kind, DeliverFn deliver);

  // Is there room for one more slot? Soft: concurrent callers may pass it by a few rows.
  bool has_room(const std::string& slot) const;
  // Commits `step` and `rows` together; on success the rows are due. created and next_try are
  // set here, and give_up where it is not set yet.
  Result<void> commit(storage::Step step, std::vector<OutboxRow> rows);
  Result<std::optional<Receipt>> receipt(const std::string& key);

  // Attempts every row that is due, once, on this thread. Returns the number of attempts.
  std::size_t deliver_due();
  void start();
  void stop();  // waits for deliveries in flight; idempotent
  std::vector<OutboxRow> rows() const;

 private:
  std::optional<OutboxRow> take_due();
  void attempt(OutboxRow row);
  void finish(const OutboxRow& row, const Delivery& delivery);
  void keep_for_retry(OutboxRow row, const Delivery& delivery);
  void end(const OutboxRow& row, const Delivery& delivery, std::string outcome);
  void prune_receipts(storage::Step& step, const std::string& newest);
  void count(const OutboxRow& row, std::string_view outcome);
  void work(const std::stop_token& stop);

  const OutboxOptions options_;
  storage::Store& store_;
  Clock& clock_;
  Metrics& metrics_;
  Gauge waiting_;
  std::map<std::string, DeliverFn> handlers_;  // constant after start()

  std::mutex commit_mutex_;  // serialises steps that touch rows; taken before mutex_
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::string, OutboxRow> rows_;  // by slot; protected by mutex_
  std::set<std::string> in_flight_;        // slots; protected by mutex_
  std::deque<std::string> receipts_;       // keys, oldest first; protected by commit_mutex_
  std::vector<std::jthread> workers_;
};

}  // namespace sluice::alerting
