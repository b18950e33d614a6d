// Dispatcher's second half: what an outcome changes.
#include <algorithm>

#include "agent/tail/dispatcher.h"
#include "base/telemetry/log.h"

namespace sluice::agent {

void Dispatcher::apply(Batch batch, const Outcome& outcome, Moment now) {
  --in_flight_;
  Source* source = table_.by_key(batch.source);
  if (source == nullptr) return;
  source->in_flight = false;
  if (outcome.status != 0) metrics_.pushes.inc();
  const bool server_answers =
      outcome.kind != OutcomeKind::retry_server && outcome.kind != OutcomeKind::cancelled;
  if (server_answers) {
    if (gate_.failing()) log_info("the server takes logs again", {});
    gate_.succeeded();
    server_backoff_.reset();
    metrics_.server_up.set(1);
  }
  switch (outcome.kind) {
    case OutcomeKind::stored: return on_stored(*source, batch, outcome);
    case OutcomeKind::retry_source:
    case OutcomeKind::retry_server:
    case OutcomeKind::cancelled: return on_retry(*source, std::move(batch), outcome, now);
    case OutcomeKind::go_back: return on_go_back(*source, std::move(batch), *outcome.mark, now);
    case OutcomeKind::rejected: return on_rejected(*source, batch, outcome, now);
  }
}

void Dispatcher::on_stored(Source& source, const Batch& batch, const Outcome& outcome) {
  metrics_.lines.inc(static_cast<double>(batch.lines.size()));
  metrics_.bytes.inc(static_cast<double>(batch.identity.end - batch.identity.start));
  source.backoff.reset();
  source.narrowing.accepted();
  if (batch.loss_marker) return reconciler_.forget(source);
  advance(source, batch);
  source.record.gap = false;
  if (outcome.mark && *outcome.mark > source.record.acked) skip_ahead(source, *outcome.mark);
  settle(source);
}

void Dispatcher::advance(Source& source, const Batch& batch) {
  source.record.acked = batch.identity.end;
  source.record.print.anchor = batch.end_anchor;
}

// The server has more of this source than we remember: our checkpoint was old.
void Dispatcher::skip_ahead(Source& source, std::uint64_t mark) {
  if (!source.file.is_open() || mark > source.seen) return;
  const auto anchor = read_anchor(source.file, mark);
  if (!anchor) return;
  metrics_.skipped_ahead_bytes.inc(static_cast<double>(mark - source.record.acked));
  source.record.acked = mark;
  source.record.print.anchor = *anchor;
}

// A source whose file vanished while its batch was under way.
void Dispatcher::settle(Source& source) {
  const auto phase = source.record.phase;
  if (phase == Phase::lost && source.record.unread() > 0) reconciler_.declare_loss(source);
  const bool over = phase == Phase::lost && source.record.unread() == 0;
  const bool replaced = phase == Phase::done && source.loss == LossReason::overwritten;
  if (over || replaced) return reconciler_.forget(source);
  table_.touch(source);
}

Duration Dispatcher::retry_delay(Backoff& backoff, const Outcome& outcome) {
  const auto own = backoff.next(std::uniform_real_distribution<>(0, 1)(random_));
  return std::max(outcome.retry_after, own);
}

void Dispatcher::on_retry(Source& source, Batch batch, const Outcome& outcome, Moment now) {
  // No file holds these bytes any more; the batch is their last copy.
  if (source.record.phase == Phase::lost && !batch.loss_marker)
    source.held = std::make_unique<Batch>(std::move(batch));
  source.pace.grew(now.mono);
  table_.touch(source);
  if (outcome.kind == OutcomeKind::cancelled) return;
  metrics_.push_retries.inc();
  if (outcome.kind == OutcomeKind::retry_source && source.backoff.fresh())
    log_warn(
        "the server asks to wait with a file",
        {{"path", source.record.path}, {"status", outcome.status}, {"server", outcome.message}});
  if (outcome.kind == OutcomeKind::retry_source)
    return source.pace.not_before(now.mono + retry_delay(source.backoff, outcome));
  const auto delay = retry_delay(server_backoff_, outcome);
  if (!gate_.failing())
    log_warn("the server does not take logs; files wait",
             {{"status", outcome.status}, {"error", outcome.message}});
  gate_.failed(now.mono + delay);
  metrics_.server_up.set(0);
}

void Dispatcher::on_go_back(Source& source, Batch batch, std::uint64_t mark, Moment now) {
  metrics_.go_backs.inc();
  log_warn("the server has less of this file than was acknowledged; going back",
           {{"path", source.record.path}, {"from", batch.identity.start}, {"to", mark}});
  if (source.record.phase == Phase::lost) {  // what is before the batch is gone
    batch.identity.gap_is_loss = true;
    source.held = std::make_unique<Batch>(std::move(batch));
    return table_.touch(source);
  }
  source.record.acked = mark;
  source.record.gap = false;
  source.record.print.anchor = {};
  if (source.file.is_open())
    if (const auto anchor = read_anchor(source.file, mark)) source.record.print.anchor = *anchor;
  source.pace.again(now.mono);
  table_.touch(source);
}

void Dispatcher::on_rejected(Source& source, const Batch& batch, const Outcome& outcome,
                             Moment now) {
  metrics_.push_rejected.inc();
  if (batch.loss_marker) return reconciler_.forget(source);
  const auto verdict = source.narrowing.rejected(batch.lines.size());
  const bool can_reread = source.record.phase != Phase::lost;
  source.pace.again(now.mono);
  if (verdict == Narrowing::Verdict::smaller && can_reread) return table_.touch(source);
  quarantine_.add(batch, source.record.path, outcome, now.wall);
  advance(source, batch);
  source.record.gap = true;
  settle(source);
}

}  // namespace sluice::agent
