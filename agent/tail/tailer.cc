#include "agent/tail/tailer.h"

#include <algorithm>

#include "base/telemetry/log.h"

namespace sluice::agent {
namespace {

// Of a file that is read to its end: open, its last lines survive a deletion that follows at once.
constexpr auto keep_open = std::chrono::minutes(5);
constexpr auto after_failed_save = std::chrono::seconds(1);
constexpr auto sweep_soon = std::chrono::milliseconds(200);  // after a directory appeared
constexpr auto pause_between_wakes = std::chrono::milliseconds(5);

}  // namespace

Moment present_moment() {
  const auto mono = std::chrono::steady_clock::now().time_since_epoch();
  return {system_clock().now(), std::chrono::duration_cast<Duration>(mono)};
}

Tailer::Tailer(DispatchOptions options, CheckpointStore store, Checkpoint checkpoint,
               std::shared_ptr<const GroupSet> groups, Quarantine& quarantine,
               AgentMetrics& metrics, Dispatcher::Submit submit)
    : options_(std::move(options)),
      metrics_(metrics),
      store_(std::move(store)),
      sequence_(checkpoint.sequence),
      table_(Backoff(options_.backoff_min, options_.backoff_max)),
      reconciler_(table_, metrics, options_.tail, groups),
      dispatcher_(table_, reconciler_, quarantine, metrics, options_, std::move(submit)) {
  for (auto& record : checkpoint.sources) table_.add(std::move(record));
  table_.set_saved();
  reconciler_.set_groups(std::move(groups));  // for what was just loaded
}

void Tailer::step(Moment now, Urgency urgency) {
  take_inbox(now);
  take_events(now);
  sweep_if_due(now);
  save_if_due(now);
  dispatcher_.dispatch(now, urgency);
  housekeeping(now);
}

void Tailer::on_outcome(Batch batch, Outcome outcome) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.emplace_back(std::move(batch), std::move(outcome));
  }
  wakeup_.wake();
}

void Tailer::set_groups(std::shared_ptr<const GroupSet> groups) {
  {
    const std::lock_guard lock(mutex_);
    new_groups_ = std::move(groups);
  }
  wakeup_.wake();
}

void Tailer::take_inbox(Moment now) {
  std::vector<std::pair<Batch, Outcome>> outcomes;
  std::shared_ptr<const GroupSet> groups;
  {
    const std::lock_guard lock(mutex_);
    outcomes.swap(inbox_);
    groups.swap(new_groups_);
  }
  for (auto& [batch, outcome] : outcomes) dispatcher_.apply(std::move(batch), outcome, now);
  dirty_ = dirty_ || !outcomes.empty();
  if (!groups) return;
  reconciler_.set_groups(std::move(groups));
  next_sweep_ = now.mono;
}

void Tailer::take_events(Moment now) {
  const auto events = watcher_.drain();
  if (events.overflow) metrics_.watch_overflows.inc();
  if (events.overflow) next_sweep_ = now.mono;
  if (events.directories) next_sweep_ = std::min(next_sweep_, now.mono + sweep_soon);
  for (const auto& [path, first] : events.renamed) reconciler_.on_renamed(first, path, now);
  for (const auto& path : events.paths) reconciler_.look_at(path, now);
  dirty_ = dirty_ || !events.paths.empty();
}

void Tailer::sweep_if_due(Moment now) {
  if (now.mono < next_sweep_) return;
  watcher_.watch(reconciler_.sweep(now));
  next_sweep_ = now.mono + options_.tail.sweep_interval;
}

void Tailer::save_if_due(Moment now) {
  const bool waiting = now.mono < next_save_;
  const bool urgent = table_.has_new() && !save_failed_;
  if (urgent || (!waiting && (dirty_ || save_failed_))) save(now);
}

bool Tailer::save(Moment now) {
  Checkpoint checkpoint{++sequence_, options_.agent, {}};
  checkpoint.sources.reserve(table_.size());
  table_.for_each([&](Source& s) { checkpoint.sources.push_back(s.record); });
  const auto begin = std::chrono::steady_clock::now();
  const auto saved = store_.save(checkpoint);
  const auto took = std::chrono::steady_clock::now() - begin;
  save_failed_ = !saved;
  if (!saved) {
    metrics_.checkpoint_errors.inc();
    log_error("cannot save the checkpoint; new files wait", {{"error", saved.error()}});
    next_save_ = now.mono + after_failed_save;
    return false;
  }
  metrics_.checkpoint_saves.inc();
  table_.set_saved();
  dirty_ = false;
  // A large checkpoint on a slow disk takes at most a twentieth of the time.
  next_save_ = now.mono + std::max<Duration>(options_.tail.checkpoint_interval, took * 20);
  return true;
}

void Tailer::housekeeping(Moment now) {
  if (now.mono < next_housekeeping_) return;
  next_housekeeping_ = now.mono + std::chrono::seconds(2);
  close_idle_files(now);
  std::uint64_t unread = 0;
  std::size_t pending = 0;
  for (const Source* source : table_.active()) {
    unread += source->unread();
    pending += source->unread() > 0 ? 1 : 0;
  }
  metrics_.sources.set(static_cast<double>(table_.size()));
  metrics_.sources_pending.set(static_cast<double>(pending));
  metrics_.unread_bytes.set(static_cast<double>(unread));
  metrics_.open_files.set(static_cast<double>(table_.open_files()));
}

// Only live files: they can be opened again by their path.
void Tailer::close_idle_files(Moment now) {
  std::vector<std::pair<Duration, Source*>> open;
  table_.for_each([&](Source& s) {
    const bool closable = s.file.is_open() && s.record.phase == Phase::live && !s.in_flight;
    if (closable) open.emplace_back(s.last_read, &s);
  });
  std::sort(open.begin(), open.end());
  const auto limit = options_.tail.max_open_files;
  std::size_t excess = open.size() > limit ? open.size() - limit : 0;
  for (const auto& [last_read, source] : open) {
    const bool idle = source->unread() == 0 && now.mono - last_read >= keep_open;
    if (!idle && excess == 0) continue;
    source->file.close();
    if (excess > 0) --excess;
  }
}

Duration Tailer::idle_time(Moment now, Urgency urgency) const {
  auto next = std::min(next_sweep_, next_housekeeping_);
  if (dirty_ || save_failed_) next = std::min(next, next_save_);
  if (const auto due = dispatcher_.next_due(now, urgency)) next = std::min(next, *due);
  return std::max(Duration{0}, next - now.mono);
}

bool Tailer::drained(Moment now, Urgency urgency) const {
  return !save_failed_ && dispatcher_.drained(now, urgency);
}

void Tailer::sleep(Moment now, Urgency urgency) {
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(idle_time(now, urgency));
  // A busy writer raises thousands of events; a short pause lets them gather.
  if (urgency == Urgency::normal)
    wait_readable(wakeup_.fd(), -1, static_cast<int>(std::min(wait, pause_between_wakes).count()));
  wait_readable(wakeup_.fd(), watcher_.fd(), static_cast<int>(wait.count()));
  wakeup_.clear();
}

void Tailer::run(const std::stop_token& stop, bool once, Duration drain) {
  const std::stop_callback on_stop(stop, [this] { wakeup_.wake(); });
  const auto urgency = once ? Urgency::once : Urgency::normal;
  while (!stop.stop_requested()) {
    const auto now = present_moment();
    step(now, urgency);
    if (once && drained(now, urgency)) break;
    sleep(now, urgency);
  }
  const auto deadline = present_moment().mono + drain;
  for (auto now = present_moment(); now.mono < deadline; now = present_moment()) {
    step(now, once ? urgency : Urgency::flush);
    if (drained(now, Urgency::flush)) break;
    sleep(now, Urgency::flush);
  }
  save(present_moment());
}

}  // namespace sluice::agent
