#include "base/scrape/scraper.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

#include "base/runtime/io_runtime.h"
#include "base/scrape/paced_log.h"
#include "base/scrape/scrape_pool.h"
#include "base/scrape/target_end.h"

namespace sluice::scrape {

namespace {

// How often files of targets are looked at (they are read when they changed).
constexpr std::chrono::seconds file_poll{5};
// A scrape that begins this late still carries the time it was meant for: timestamps at even
// distances cost next to nothing to store. Prometheus tolerates 2 ms.
constexpr std::chrono::milliseconds tolerated_delay{10};
constexpr std::chrono::seconds longest_wait{1};
constexpr std::chrono::milliseconds shortest_wait{5};  // looking at all targets costs, too
constexpr std::size_t queued_scrapes = 4'096;

Result<JobPtr> compile_job(const JobConfig& config, const MakeFetcher& make_fetcher) {
  auto job = std::make_shared<Job>();
  job->config = config;
  const std::string where = "scrape job " + config.name;
  auto relabel = Relabeler::compile(config.relabel);
  if (!relabel) return std::move(relabel.error()).within(where);
  auto metric_relabel = Relabeler::compile(config.metric_relabel);
  if (!metric_relabel) return std::move(metric_relabel.error()).within(where);
  job->relabel = std::move(*relabel);
  job->metric_relabel = std::move(*metric_relabel);
  job->fetcher = make_fetcher(config);
  return JobPtr(std::move(job));
}

}  // namespace

struct Scraper::Impl {
  Impl(ScraperOptions o, Parts p)
      : options(std::move(o)), parts(std::move(p)), metrics(parts.metrics) {}

  void set_jobs(const std::map<std::string, JobPtr>& fresh, Timestamp now);
  std::size_t room_beside(const ScrapePool* pool) const;
  void use_room(Timestamp now);
  void refresh_files(Timestamp now);
  void count_targets();
  using Work = ScrapePool::Due;
  std::vector<Work> take_work(Timestamp now);
  void scrape(const Work& work);
  bool write(ScrapeWrite write);  // false: it is not stored
  bool ends_due(Timestamp now) const;
  void end_targets(Timestamp now);
  void submit_ends(Timestamp now);
  Timestamp next_due() const;
  void run(const std::stop_token& stop_token);
  void submit(Work work);
  bool submit_task(std::function<void()> task);

  const ScraperOptions options;
  const Parts parts;
  ScrapeMetrics metrics;
  mutable std::mutex mutex;
  std::condition_variable_any wake;
  std::map<std::string, JobPtr> jobs;                        // guarded by mutex
  std::map<std::string, std::unique_ptr<ScrapePool>> pools;  // guarded by mutex
  std::vector<std::unique_ptr<ScrapePool>> leaving;          // guarded by mutex; of removed jobs
  Timestamp files_looked_at = Timestamp::min();              // guarded by mutex
  std::atomic<bool> ending{false};                           // are targets being ended?
  PacedLog write_log{"scraped samples not stored"};
  std::stop_source stop_source;
  std::unique_ptr<ThreadPool> workers;  // the scheduler's
  std::jthread scheduler;
};

// Targets of all pools together are bounded.
std::size_t Scraper::Impl::room_beside(const ScrapePool* pool) const {
  std::size_t used = 0;
  for (const auto& [name, other] : pools)
    if (other.get() != pool) used += other->size();
  return options.bounds.targets - std::min(used, options.bounds.targets);
}

void Scraper::Impl::set_jobs(const std::map<std::string, JobPtr>& fresh, Timestamp now) {
  for (auto it = pools.begin(); it != pools.end();) {
    if (fresh.contains(it->first)) {
      ++it;
      continue;
    }
    it->second->clear();
    if (!it->second->empty()) leaving.push_back(std::move(it->second));
    it = pools.erase(it);
  }
  for (const auto& [name, job] : fresh) {
    auto& pool = pools[name];
    if (!pool) pool = std::make_unique<ScrapePool>(job);
    pool->set_job(job, now, room_beside(pool.get()));
  }
  jobs = fresh;
  use_room(now);
}

// A pool that was looked at before others became smaller may have left targets out.
void Scraper::Impl::use_room(Timestamp now) {
  for (auto& [name, pool] : pools) {
    if (const std::size_t room = room_beside(pool.get()); pool->could_grow_in(room))
      pool->sync(now, room);
    pool->log_problems();
  }
}

void Scraper::Impl::refresh_files(Timestamp now) {
  // The minimum first: nothing can be subtracted from it.
  if (files_looked_at != Timestamp::min() && now >= files_looked_at &&
      now - files_looked_at < file_poll)
    return;
  files_looked_at = now;
  for (auto& [name, pool] : pools) pool->refresh(now, room_beside(pool.get()));
  use_room(now);
  count_targets();
}

void Scraper::Impl::count_targets() {
  std::size_t targets = 0, dropped = 0, wrong = 0, files = 0;
  for (const auto& [name, pool] : pools) {
    targets += pool->size();
    dropped += pool->dropped_count();
    wrong += pool->wrong_count();
    files += pool->wrong_files();
  }
  metrics.jobs.set(static_cast<double>(pools.size()));
  metrics.targets.set(static_cast<double>(targets));
  metrics.dropped_targets.set(static_cast<double>(dropped));
  metrics.wrong_targets.set(static_cast<double>(wrong));
  metrics.wrong_files.set(static_cast<double>(files));
}

std::vector<Scraper::Impl::Work> Scraper::Impl::take_work(Timestamp now) {
  const std::lock_guard lock(mutex);
  refresh_files(now);
  std::vector<Work> work;
  for (auto& [name, pool] : pools)
    for (auto& due : pool->take_due(now, metrics)) work.push_back(std::move(due));
  return work;
}

void Scraper::Impl::scrape(const Work& work) {
  const Timestamp now = parts.clock.now();
  const bool punctual = now - work.scheduled <= tolerated_delay;
  auto result = work.loop->scrape(punctual ? work.scheduled : now, parts.clock, options.bounds,
                                  metrics, stop_source.get_token());
  // What a stop cut short says nothing about the target.
  if (!stop_source.stop_requested() && !write(std::move(result))) work.loop->forget_told();
  work.loop->set_busy(false);
}

bool Scraper::Impl::write(ScrapeWrite write) {
  if (write.series.empty()) return true;
  const auto written = parts.sink(std::move(write));
  if (written) return true;
  metrics.write_failures.inc();
  write_log.warn(parts.clock.now(), written.error().message);
  return false;
}

bool Scraper::Impl::ends_due(Timestamp now) const {
  const std::lock_guard lock(mutex);
  const auto due = [now](const auto& pool) { return pool->ends_due(now); };
  return std::any_of(leaving.begin(), leaving.end(), due) ||
         std::any_of(pools.begin(), pools.end(), [&](const auto& p) { return due(p.second); });
}

void Scraper::Impl::end_targets(Timestamp now) {
  std::vector<EndedTarget> ended;
  std::vector<std::shared_ptr<TargetLoop>> others;
  {
    const std::lock_guard lock(mutex);
    const auto take = [&](ScrapePool& pool) {
      for (auto& one : pool.take_ended(now)) ended.push_back(std::move(one));
    };
    for (auto& [name, pool] : pools) take(*pool);
    for (auto& pool : leaving) take(*pool);
    std::erase_if(leaving, [](const auto& pool) { return pool->empty(); });
    if (ended.empty()) return;
    for (auto& [name, pool] : pools)
      for (auto& loop : pool->loops()) others.push_back(std::move(loop));
  }
  end_together(ended, others, [this](ScrapeWrite end) {
    if (!stop_source.stop_requested()) write(std::move(end));
  });
}

// One task at a time: what is due meanwhile ends together in the next one.
void Scraper::Impl::submit_ends(Timestamp now) {
  if (!ends_due(now) || ending.exchange(true)) return;
  const bool taken = submit_task([this, now] {
    end_targets(now);
    ending = false;
  });
  if (!taken) ending = false;
}

Timestamp Scraper::Impl::next_due() const {
  const std::lock_guard lock(mutex);
  Timestamp next = Timestamp::max();
  for (const auto& [name, pool] : pools) next = std::min(next, pool->next_due());
  for (const auto& pool : leaving) next = std::min(next, pool->next_due());
  return next;
}

bool Scraper::Impl::submit_task(std::function<void()> task) {
  // Threads are there once there is something to scrape.
  if (!workers) workers = std::make_unique<ThreadPool>("scrape", options.threads, queued_scrapes);
  return workers->submit(std::move(task));
}

void Scraper::Impl::submit(Work work) {
  const auto loop = work.loop;
  if (submit_task([this, work = std::move(work)] { scrape(work); })) return;
  metrics.missed.inc();
  loop->set_busy(false);
}

void Scraper::Impl::run(const std::stop_token& stop_token) {
  while (!stop_token.stop_requested()) {
    const Timestamp now = parts.clock.now();
    for (auto& work : take_work(now)) submit(std::move(work));
    submit_ends(now);
    const Timestamp next = next_due();
    std::unique_lock lock(mutex);
    const Duration wait =
        next == Timestamp::max()
            ? Duration(longest_wait)
            : std::clamp<Duration>(next - parts.clock.now(), shortest_wait, longest_wait);
    wake.wait_for(lock, stop_token, wait, [] { return false; });
  }
}

Scraper::Scraper(ScraperOptions options, Parts parts)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(parts))) {}

Scraper::~Scraper() {
  stop();
}

Result<std::function<void()>> Scraper::prepare(const ScrapeConfig& config) {
  std::map<std::string, JobPtr> fresh;
  for (const JobConfig& job : config.jobs) {
    {
      // A job that did not change keeps its connections.
      const std::lock_guard lock(impl_->mutex);
      const auto known = impl_->jobs.find(job.name);
      if (known != impl_->jobs.end() && known->second->config == job) {
        fresh[job.name] = known->second;
        continue;
      }
    }
    SLUICE_TRY(fresh[job.name], compile_job(job, impl_->parts.make_fetcher));
  }
  return std::function<void()>([this, fresh] {
    const std::lock_guard lock(impl_->mutex);
    impl_->set_jobs(fresh, impl_->parts.clock.now());
    impl_->count_targets();
  });
}

Result<void> Scraper::apply(const ScrapeConfig& config) {
  SLUICE_TRY(const auto put_in_force, prepare(config));
  put_in_force();
  return {};
}

void Scraper::start() {
  impl_->scheduler = std::jthread([this](std::stop_token stop) { impl_->run(stop); });
}

void Scraper::stop() {
  impl_->stop_source.request_stop();
  impl_->scheduler.request_stop();
  if (impl_->scheduler.joinable()) impl_->scheduler.join();
  impl_->workers.reset();
}

Timestamp Scraper::step() {
  const Timestamp now = impl_->parts.clock.now();
  for (const auto& work : impl_->take_work(now)) impl_->scrape(work);
  impl_->end_targets(now);
  return impl_->next_due();
}

ScrapeStatus Scraper::status() const {
  ScrapeStatus status;
  const std::lock_guard lock(impl_->mutex);
  for (const auto& [name, pool] : impl_->pools) {
    status.jobs.push_back(name);
    status.dropped_counts[name] = pool->dropped_count();
    for (const auto& labels : pool->dropped()) status.dropped.push_back({name, labels});
    for (const auto& loop : pool->loops())
      status.active.push_back({name, loop->target(), loop->state()});
  }
  std::stable_sort(status.active.begin(), status.active.end(), [](const auto& a, const auto& b) {
    return std::tie(a.job, a.target->labels, a.target->url) <
           std::tie(b.job, b.target->labels, b.target->url);
  });
  return status;
}

}  // namespace sluice::scrape
