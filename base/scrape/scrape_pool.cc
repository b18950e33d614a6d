#include "base/scrape/scrape_pool.h"

#include <algorithm>

#include "base/telemetry/log.h"

namespace sluice::scrape {

namespace {

// Of the dropped targets that the API shows, when the job sets no smaller bound.
constexpr std::size_t max_dropped_kept = 10'000;

// Of the wrong ones that the log names.
constexpr std::size_t max_wrong_named = 100;
// Targets that are gone and may come back. With more of them the rest ends at once: names that
// change all the time must not fill the memory for two intervals, which may be long.
constexpr std::size_t max_ending = 5'000;

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
  sync(now, room);
}

void ScrapePool::refresh(Timestamp now, std::size_t room) {
  if (files_.empty()) return;
  if (files_.refresh(now)) sync(now, room);
}

void ScrapePool::clear() {
  for (auto& [hash, entry] : entries_) end_target(hash, std::move(entry));
  entries_.clear();
  dropped_.clear();
  dropped_count_ = wrong_count_ = left_out_ = 0;
}

void ScrapePool::log_problems() {
  std::map<std::string, Problem> problems = wrong_targets_;
  for (const auto& [path, why] : files_.failures())
    problems[path] = {"targets not read; those of before stay", why};
  for (const auto& [place, problem] : problems)
    if (const auto known = known_problems_.find(place);
        known == known_problems_.end() || known->second != problem)
      log_warn(problem.message, {{"scrape_job", name()}, {"in", place}, {"error", problem.what}});
  known_problems_ = std::move(problems);
}

void ScrapePool::note_wrong(const std::string& address, std::string why) {
  ++wrong_count_;
  if (wrong_targets_.size() < max_wrong_named)
    wrong_targets_[address] = {"target cannot be scraped", std::move(why)};
}

void ScrapePool::find_target(const std::string& address, const LabelSet& group, std::size_t room,
                             Targets& found) {
  TargetOutcome outcome = make_target(job_->config, job_->relabel, address, group);
  if (outcome.target && (found.size() < room || found.contains(outcome.target->hash))) {
    found.emplace(outcome.target->hash, std::move(*outcome.target));
  } else if (outcome.target) {
    ++left_out_;
    note_wrong(address, "too many targets");
  } else if (!outcome.problem.empty()) {
    note_wrong(address, std::move(outcome.problem));
  } else if (++dropped_count_ <= dropped_kept(job_->config.limits)) {
    dropped_.push_back(std::move(outcome.discovered));
  }
}

ScrapePool::Targets ScrapePool::find_targets(std::size_t room) {
  Targets found;
  dropped_.clear();
  wrong_targets_.clear();
  dropped_count_ = wrong_count_ = left_out_ = 0;
  last_room_ = room;
  std::vector<TargetGroup> groups = job_->config.static_groups;
  for (auto& group : files_.groups()) groups.push_back(std::move(group));
  for (const TargetGroup& group : groups)
    for (const std::string& address : group.addresses)
      find_target(address, group.labels, room, found);
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
  const bool many = ending_.size() >= max_ending;
  const Timestamp due = many ? Timestamp::min() : end_of(entry.next, entry.interval);
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

bool ScrapePool::ends_due(Timestamp now) const {
  return std::any_of(ending_.begin(), ending_.end(), [now](const auto& item) {
    return item.second.due <= now && !item.second.entry.loop->busy();
  });
}

std::vector<EndedTarget> ScrapePool::take_ended(Timestamp now) {
  std::vector<EndedTarget> ended;
  std::erase_if(ending_, [&](const auto& item) {
    const Ending& ending = item.second;
    if (ending.due > now || ending.entry.loop->busy()) return false;
    // One that ends early does so now, not at its next scrape.
    ended.push_back({ending.entry.loop, std::min(ending.entry.next, now)});
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
