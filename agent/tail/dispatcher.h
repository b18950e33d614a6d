// Dispatcher: chooses which source is read next, hands its batch to the shipper, and draws the
// consequences of each outcome.
//
// At most max_in_flight batches exist at a time, one per source, and none is read before there is
// room for it: memory is bounded by that, whatever the backlog. Sources that waited longest go
// first. Tailer's thread only.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <random>

#include "agent/ship/quarantine.h"
#include "agent/tail/batch_reader.h"
#include "agent/tail/reconciler.h"

namespace sluice::agent {

struct DispatchOptions {
  AgentId agent;
  TailOptions tail;
  std::size_t max_in_flight = 4;
  Duration backoff_min{};
  Duration backoff_max{};
};

enum class Urgency {
  normal,
  flush,  // stopping: send what is there now, do not wait for more
  once,   // the files grow no more: send everything, lines without end included
};

class Dispatcher {
 public:
  using Submit = std::function<void(Batch)>;
  Dispatcher(SourceTable& table, Reconciler& reconciler, Quarantine& quarantine,
             AgentMetrics& metrics, DispatchOptions options, Submit submit);

  // Reads and submits what is due, as far as there is room.
  void dispatch(Moment now, Urgency urgency);
  // Every submitted batch comes back here once.
  void apply(Batch batch, const Outcome& outcome, Moment now);

  // When dispatch has something to do, if nothing else happens; nullopt: when something happens.
  std::optional<Duration> next_due(Moment now, Urgency urgency) const;
  std::size_t in_flight() const { return in_flight_; }
  // Nothing is due and nothing in flight.
  bool drained(Moment now, Urgency urgency) const;

 private:
  bool is_final(const Source& source, Moment now, Urgency urgency) const;
  std::optional<Duration> due_at(const Source& source, Moment now, Urgency urgency) const;
  bool refill(Moment now, Urgency urgency);
  void serve(Source& source, Moment now, Urgency urgency);
  void serve_lost(Source& source, Moment now);
  void send(Source& source, Batch batch, Moment now);
  Duration retry_delay(Backoff& backoff, const Outcome& outcome);

  void on_stored(Source& source, const Batch& batch, const Outcome& outcome);
  void on_retry(Source& source, Batch batch, const Outcome& outcome, Moment now);
  void on_go_back(Source& source, Batch batch, std::uint64_t mark, Moment now);
  void on_rejected(Source& source, const Batch& batch, const Outcome& outcome, Moment now);
  void advance(Source& source, const Batch& batch);
  void skip_ahead(Source& source, std::uint64_t mark);
  void settle(Source& source);

  SourceTable& table_;
  Reconciler& reconciler_;
  Quarantine& quarantine_;
  AgentMetrics& metrics_;
  DispatchOptions options_;
  Submit submit_;
  ServerGate gate_;
  Backoff server_backoff_;
  std::size_t in_flight_ = 0;
  std::deque<std::uint64_t> ready_;  // keys of sources that were due at the last look
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace sluice::agent
