#include "base/scrape/target_loop.h"

#include "base/scrape/negotiation.h"
#include "base/scrape/report.h"
#include "base/scrape/target_end.h"
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
  ScrapeWrite write{std::move(body.series), {}, std::move(body.exemplars)};
  if (!body.error) write.metadata = take_news(std::move(body.descriptions));
  return write;
}

// Each scrape's descriptions replace those of the one before as a whole: what is not shown any more
// is forgotten, and nothing is copied.
std::vector<MetricMetadata> TargetLoop::take_news(Descriptions descriptions) {
  const auto fresh = std::make_shared<const Descriptions>(std::move(descriptions));
  std::vector<MetricMetadata> news;
  const std::lock_guard lock(mutex_);
  for (const auto& [family, metadata] : *fresh) {
    const auto known = told_ ? told_->find(family) : Descriptions::const_iterator();
    if (!told_ || known == told_->end() || known->second != metadata) news.push_back(metadata);
  }
  state_.descriptions = told_ = fresh;
  return news;
}

void TargetLoop::forget_told() {
  {
    const std::lock_guard lock(mutex_);
    told_.reset();
  }
  const std::lock_guard lock(cache_mutex_);
  cache_.forget_exemplars();
}

void TargetLoop::remember(Timestamp at, double seconds, const std::optional<Error>& error) {
  const std::lock_guard lock(mutex_);
  // Once when it goes down, not at each scrape while it is.
  if (error && state_.health != Health::down)
    log_warn("scrape failed", {{"target", plan_.target->url}, {"error", error->message}});
  state_.health = error ? Health::down : Health::up;
  state_.last_error = error ? error->message : "";
  state_.last_scrape = at;
  state_.last_seconds = seconds;
}

std::vector<SeriesPtr> TargetLoop::take_live() {
  const std::lock_guard lock(cache_mutex_);
  return cache_.take_live();
}

void TargetLoop::strike_live(SeriesSet& series) const {
  const std::lock_guard lock(cache_mutex_);
  cache_.strike_live(series);
}

LabelSet TargetLoop::settled_labels() const {
  const auto target = this->target();
  const std::lock_guard lock(cache_mutex_);
  return cached_for_ ? scrape::settled_labels(cached_for_->config, target->labels) : LabelSet();
}

}  // namespace sluice::scrape
