#include "base/scrape/scrape_pool.h"

#include "base/telemetry/log.h"

namespace sluice::scrape {

namespace {

// Of the dropped targets that the API shows, when the job sets no smaller bound.
constexpr std::size_t max_dropped_kept = 10'000;

std::size_t dropped_kept(const ScrapeLimits& limits) {
  return limits.keep_dropped_targets == 0
             ? max_dropped_kept
             : std::min<std::size_t>(limits.keep_dropped_targets, max_dropped_kept);
}

// Two intervals and a bit after the last scrape, as Prometheus: a target that is only away for a
// change of the configuration is not declared gone.
Timestamp end_of(Timestamp next, Duration interval) {
  return next + interval + interval / 10;
}

}  // namespace

ScrapePool::ScrapePool(JobPtr job) : job_(std::move(job)), files_(job_->config.file_discoveries) {}

void ScrapePool::set_job(JobPtr job, Timestamp now, std::size_t room) {
  if (job->config.file_discoveries != job_->config.file_discoveries)
    files_ = TargetFiles(job->config.file_discoveries);
  job_ = std::move(job);
  files_.refresh(now);
  note_failures();
  sync(now, room);
}

void ScrapePool::refresh(Timestamp now, std::size_t room) {
  if (files_.empty()) return;
  if (files_.refresh(now)) sync(now, room);
  note_failures();
}

void ScrapePool::clear() {
  for (auto& [hash, entry] : entries_) end_target(hash, std::move(entry));
  entries_.clear();
  dropped_.clear();
  dropped_count_ = wrong_count_ = 0;
}

// Each problem is logged when it appears, not whenever the files are looked at.
void ScrapePool::note_failures() {
  for (const auto& [path, why] : files_.failures()) {
    std::string& known = known_problems_[path];
    if (known != why)
      log_warn("targets not read; those of before stay",
               {{"scrape_job", name()}, {"file", path}, {"error", why}});
    known = why;
  }
  std::erase_if(known_problems_,
                [&](const auto& known) { return !files_.failures().contains(known.first); });
}

std::map<std::uint64_t, Target> ScrapePool::find_targets(std::size_t room) {
  std::map<std::uint64_t, Target> found;
  dropped_.clear();
  dropped_count_ = wrong_count_ = 0;
  std::vector<TargetGroup> groups = job_->config.static_groups;
  for (auto& group : files_.groups()) groups.push_back(std::move(group));
  for (const TargetGroup& group : groups) {
    for (const std::string& address : group.addresses) {
      TargetOutcome outcome = make_target(job_->config, job_->relabel, address, group.labels);
      if (outcome.target && found.size() < room) {
        found.emplace(outcome.target->hash, std::move(*outcome.target));
      } else if (outcome.target || !outcome.problem.empty()) {
        ++wrong_count_;
        log_error("target cannot be scraped",
                  {{"scrape_job", name()},
                   {"target", address},
                   {"error", outcome.target ? "too many targets" : outcome.problem}});
      } else if (++dropped_count_ <= dropped_kept(job_->config.limits)) {
        dropped_.push_back(std::move(outcome.discovered));
      }
    }
  }
  return found;
}

void ScrapePool::sync(Timestamp now, std::size_t room) {
  auto found = find_targets(room);
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (found.contains(it->first)) {
      ++it;
      continue;
    }
    end_target(it->first, std::move(it->second));
    it = entries_.erase(it);
  }
  for (auto& [hash, target] : found) add_target(hash, std::move(target), now);
  const std::uint64_t limit = job_->config.limits.targets;
  const bool too_many = limit > 0 && entries_.size() > limit;
  const std::string error =
      too_many ? "target_limit exceeded (number of targets: " + std::to_string(entries_.size()) +
                     ", limit: " + std::to_string(limit) + ")"
               : "";
  for (auto& [hash, entry] : entries_) entry.loop->force_error(error);
}

void ScrapePool::add_target(std::uint64_t hash, Target target, Timestamp now) {
  const Duration interval = target.interval;
  Entry& entry = entries_[hash];
  if (const auto back = ending_.find(hash); !entry.loop && back != ending_.end()) {
    entry = std::move(back->second.entry);
    ending_.erase(back);
  }
  const bool fresh = !entry.loop;
  if (fresh)
    entry.loop = std::make_shared<TargetLoop>(std::move(target), job_);
  else
    entry.loop->update(std::move(target), job_);
  if (fresh || entry.interval != interval) entry.next = next_tick(now, hash, interval);
  entry.interval = interval;
}

void ScrapePool::end_target(std::uint64_t hash, Entry entry) {
  const Timestamp due = end_of(entry.next, entry.interval);
  ending_[hash] = {std::move(entry), due};
}

std::vector<ScrapePool::Due> ScrapePool::take_due(Timestamp now, ScrapeMetrics& metrics) {
  std::vector<Due> due;
  for (auto& [hash, entry] : entries_) {
    // The clock was set back: the plan is from a time that will not come for long.
    if (entry.next > now + entry.interval) entry.next = next_tick(now, hash, entry.interval);
    if (entry.next > now) continue;
    const Timestamp scheduled = entry.next;
    entry.next = next_tick(now, hash, entry.interval);
    if (entry.loop->busy()) {
      metrics.missed.inc();
      continue;
    }
    entry.loop->set_busy(true);
    due.push_back({entry.loop, scheduled});
  }
  return due;
}

Timestamp ScrapePool::next_due() const {
  Timestamp next = Timestamp::max();
  for (const auto& [hash, entry] : entries_) next = std::min(next, entry.next);
  for (const auto& [hash, ending] : ending_) next = std::min(next, ending.due);
  return next;
}

std::vector<ScrapePool::Ended> ScrapePool::take_ended(Timestamp now) {
  std::vector<Ended> ended;
  std::erase_if(ending_, [&](const auto& item) {
    const Ending& ending = item.second;
    if (ending.due > now || ending.entry.loop->busy()) return false;
    ended.push_back({ending.entry.loop, ending.entry.next});
    return true;
  });
  return ended;
}

std::vector<std::shared_ptr<TargetLoop>> ScrapePool::loops() const {
  std::vector<std::shared_ptr<TargetLoop>> out;
  for (const auto& [hash, entry] : entries_) out.push_back(entry.loop);
  return out;
}

}  // namespace sluice::scrape
