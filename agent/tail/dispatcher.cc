#include "agent/tail/dispatcher.h"

#include <algorithm>
#include <vector>

#include "base/telemetry/log.h"

namespace sluice::agent {
namespace {

PaceOptions pace_options(const TailOptions& t) {
  return {t.batch_bytes, t.batch_age, t.linger};
}

}  // namespace

Dispatcher::Dispatcher(SourceTable& table, Reconciler& reconciler, Quarantine& quarantine,
                       AgentMetrics& metrics, DispatchOptions options, Submit submit)
    : table_(table),
      reconciler_(reconciler),
      quarantine_(quarantine),
      metrics_(metrics),
      options_(std::move(options)),
      submit_(std::move(submit)),
      server_backoff_(options_.backoff_min, options_.backoff_max) {}

bool Dispatcher::is_final(const Source& source, Moment now, Urgency urgency) const {
  if (urgency == Urgency::once) return true;
  if (source.record.phase != Phase::draining) return false;
  const auto quiet_since = std::max(source.draining_since, source.pace.last_growth());
  return now.mono - quiet_since >= options_.tail.rotate_wait;
}

std::optional<Duration> Dispatcher::due_at(const Source& source, Moment now,
                                           Urgency urgency) const {
  if (source.in_flight || !source.durable || !source.followed) return std::nullopt;
  if (source.unreadable && urgency != Urgency::normal) return std::nullopt;
  if (source.record.phase == Phase::lost) return source.pace.earliest();
  const bool final = is_final(source, now, urgency);
  const auto due = source.pace.due_at(source.unread(), source.seen, urgency != Urgency::normal,
                                      final, pace_options(options_.tail));
  if (source.record.phase != Phase::draining || urgency == Urgency::flush) return due;
  // Nobody tells us of changes to a renamed or deleted file: look once per batch age.
  const auto look = std::max(source.pace.earliest(), source.last_read + options_.tail.batch_age);
  const auto next_look = final && source.unread() == 0 ? source.pace.earliest() : look;
  return std::min(due.value_or(next_look), next_look);
}

std::optional<Duration> Dispatcher::next_due(Moment now, Urgency urgency) const {
  std::optional<Duration> next;
  if (in_flight_ >= options_.max_in_flight) return next;
  if (!ready_.empty() && !gate_.failing()) return now.mono;
  for (const Source* source : table_.active()) {
    const auto due = due_at(*source, now, urgency);
    if (due && (!next || *due < *next)) next = due;
  }
  if (next && gate_.failing()) {
    if (in_flight_ > 0) return std::nullopt;
    next = std::max(*next, gate_.retry_at());
  }
  return next;
}

bool Dispatcher::drained(Moment now, Urgency urgency) const {
  if (in_flight_ > 0) return false;
  for (const Source* source : table_.active())
    if (due_at(*source, now, urgency)) return false;
  return true;
}

// The list of due sources is used up before the next look: with many sources a look is not cheap.
void Dispatcher::dispatch(Moment now, Urgency urgency) {
  bool looked = false;
  while (in_flight_ < options_.max_in_flight && gate_.may_send(now.mono, in_flight_)) {
    if (ready_.empty()) {
      if (looked || !refill(now, urgency)) return;
      looked = true;
    }
    Source* source = table_.by_key(ready_.front());  // null: serving another made it go
    ready_.pop_front();
    const auto due = source == nullptr ? std::nullopt : due_at(*source, now, urgency);
    if (due && *due <= now.mono) serve(*source, now, urgency);
  }
}

bool Dispatcher::refill(Moment now, Urgency urgency) {
  std::vector<std::pair<Duration, std::uint64_t>> due;
  for (const Source* source : table_.active()) {
    const auto at = due_at(*source, now, urgency);
    if (at && *at <= now.mono) due.emplace_back(source->last_read, source->key);
  }
  std::sort(due.begin(), due.end());
  for (const auto& [waited_since, key] : due) ready_.push_back(key);
  return !due.empty();
}

void Dispatcher::serve(Source& source, Moment now, Urgency urgency) {
  source.last_read = now.mono;
  if (source.record.phase == Phase::lost) return serve_lost(source, now);
  if (!reconciler_.ensure_open(source, now)) return;
  ReadSettings settings{
      options_.agent,           options_.tail.batch_bytes,      options_.tail.max_line,
      options_.tail.local_time, is_final(source, now, urgency), now.wall};
  const auto seen_before = source.seen;
  auto read = read_batch(source, settings);
  if (!read) {
    metrics_.read_errors.inc();
    log_warn("cannot read log file", {{"path", source.record.path}, {"error", read.error()}});
    source.unreadable = true;
    return source.pace.not_before(now.mono + std::chrono::seconds(10));
  }
  source.unreadable = false;
  if (source.seen > seen_before) source.pace.grew(now.mono);
  switch (read->kind) {
    case ReadKind::batch: return send(source, std::move(read->batch), now);
    case ReadKind::truncated: return reconciler_.on_truncated(source, now);
    case ReadKind::finished:
      if (source.record.phase == Phase::draining) reconciler_.finish(source, now);
      break;
    case ReadKind::nothing: source.pace.held(source.seen); break;
  }
  table_.touch(source);
}

void Dispatcher::serve_lost(Source& source, Moment now) {
  if (source.held) {
    Batch batch = std::move(*source.held);
    source.held.reset();
    return send(source, std::move(batch), now);
  }
  if (source.record.unread() == 0) return reconciler_.forget(source);
  send(source, loss_marker(source, options_.agent, now.wall), now);
}

void Dispatcher::send(Source& source, Batch batch, Moment now) {
  for (const auto& line : batch.lines)
    if (line.part != LinePart::whole) metrics_.long_lines.inc();
  batch.labels = reconciler_.labels_of(source);
  source.in_flight = true;
  source.pace.sent(now.mono);
  ++in_flight_;
  submit_(std::move(batch));
}

}  // namespace sluice::agent
