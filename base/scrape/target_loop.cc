#include "base/scrape/target_loop.h"

#include "base/scrape/negotiation.h"
#include "base/scrape/report.h"
#include "base/telemetry/log.h"

namespace sluice::scrape {

namespace {

double seconds_between(Timestamp from, Timestamp to) {
  return std::max(0.0, std::chrono::duration<double>(to - from).count());
}

// Do the same texts still stand for the same labels?
bool same_rules(const Job& a, const Job& b) {
  return &a == &b ||
         (a.config.metric_relabel == b.config.metric_relabel && a.config.names == b.config.names &&
          a.config.honor_labels == b.config.honor_labels && a.config.limits == b.config.limits);
}

}  // namespace

std::string_view to_string(Health health) {
  switch (health) {
    case Health::unknown: return "unknown";
    case Health::up: return "up";
    case Health::down: return "down";
  }
  return "unknown";
}

TargetLoop::TargetLoop(Target target, JobPtr job)
    : plan_{std::make_shared<const Target>(std::move(target)), std::move(job), {}} {}

void TargetLoop::update(Target target, JobPtr job) {
  const std::lock_guard lock(mutex_);
  plan_.target = std::make_shared<const Target>(std::move(target));
  plan_.job = std::move(job);
}

void TargetLoop::force_error(std::string error) {
  const std::lock_guard lock(mutex_);
  plan_.forced_error = std::move(error);
}

TargetLoop::Plan TargetLoop::plan() const {
  const std::lock_guard lock(mutex_);
  return plan_;
}

std::shared_ptr<const Target> TargetLoop::target() const {
  return plan().target;
}

TargetState TargetLoop::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

ScrapedBody TargetLoop::read(const Plan& plan, Timestamp at, const Bounds& bounds,
                             ScrapeMetrics& metrics, const std::stop_token& cancel) {
  const std::int64_t now_ms = unix_ms(to_ms(at));
  const auto failed = [&](Error error) {
    const std::lock_guard lock(cache_mutex_);
    ScrapedBody body;
    body.series = end_all_series(now_ms, cache_);
    body.error = std::move(error);
    return body;
  };
  if (!plan.forced_error.empty()) {
    metrics.target_limit.inc();
    return failed({ErrorCode::limit_exceeded, plan.forced_error});
  }
  auto fetched = plan.job->fetcher->fetch(*plan.target, cancel);
  if (!fetched) {
    if (fetched.error().code == ErrorCode::too_large) metrics.body_limit.inc();
    return failed(fetched.error());
  }
  metrics.bytes.inc(static_cast<double>(fetched->body.size()));
  const auto format = format_of(fetched->content_type, plan.job->config.fallback_protocol);
  if (!format) return failed(format.error());
  const std::lock_guard lock(cache_mutex_);
  if (cached_for_ && !same_rules(*cached_for_, *plan.job)) cache_.forget_texts();
  cached_for_ = plan.job;
  return scrape_body(fetched->body, *format, now_ms,
                     {plan.job->config, plan.job->metric_relabel, plan.target->labels, bounds},
                     cache_);
}

ScrapeWrite TargetLoop::scrape(Timestamp at, Clock& clock, const Bounds& bounds,
                               ScrapeMetrics& metrics, const std::stop_token& cancel) {
  const Plan plan = this->plan();
  const Timestamp begin = clock.now();
  ScrapedBody body = read(plan, at, bounds, metrics, cancel);
  const double seconds = seconds_between(begin, clock.now());
  metrics.count(body.tally);
  metrics.count(body.exceeded);
  metrics.seconds.observe(seconds);
  (body.error ? metrics.failed : metrics.succeeded).inc();
  append_report({!body.error, seconds, body.tally}, plan.target->labels, unix_ms(to_ms(at)),
                body.series);
  remember(begin, seconds, body.error);
  return {std::move(body.series), std::move(body.metadata), std::move(body.exemplars)};
}

void TargetLoop::remember(Timestamp at, double seconds, const std::optional<Error>& error) {
  const std::scoped_lock lock(mutex_, cache_mutex_);
  // Once when it goes down, not at each scrape while it is.
  if (error && state_.health != Health::down)
    log_warn("scrape failed", {{"target", plan_.target->url}, {"error", error->message}});
  state_.health = error ? Health::down : Health::up;
  state_.last_error = error ? error->message : "";
  state_.last_scrape = at;
  state_.last_seconds = seconds;
  state_.descriptions = cache_.descriptions();
}

bool TargetLoop::live(const LabelSet& labels) const {
  const std::lock_guard lock(cache_mutex_);
  return cache_.live(labels);
}

ScrapeWrite TargetLoop::end(Timestamp at, const std::function<bool(const LabelSet&)>& elsewhere,
                            bool report) {
  ScrapeWrite write;
  const std::int64_t now_ms = unix_ms(to_ms(at));
  {
    const std::lock_guard lock(cache_mutex_);
    write.series = end_all_series(now_ms, cache_);
  }
  std::erase_if(write.series, [&](const SeriesSamples& s) { return elsewhere(s.labels); });
  if (report) append_report_end(target()->labels, now_ms, write.series);
  return write;
}

}  // namespace sluice::scrape
