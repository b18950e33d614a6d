#include "base/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <mutex>

namespace sluice {

struct Metrics::Impl {
  prometheus::Registry registry;
  std::mutex mutex;
  std::vector<std::function<void()>> hooks;  // protected by mutex

  std::vector<std::function<void()>> copy_hooks() {
    const std::lock_guard lock(mutex);
    return hooks;
  }
};

void Counter::inc(double by) {
  if (impl_) impl_->Increment(by);
}
double Counter::value() const { return impl_ ? impl_->Value() : 0; }

void Gauge::set(double v) {
  if (impl_) impl_->Set(v);
}
void Gauge::inc(double by) {
  if (impl_) impl_->Increment(by);
}
void Gauge::dec(double by) {
  if (impl_) impl_->Decrement(by);
}
double Gauge::value() const { return impl_ ? impl_->Value() : 0; }

void Histogram::observe(double v) {
  if (impl_) impl_->Observe(v);
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  Counter handle;
  handle.impl_ =
      &prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels);
  return handle;
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  Gauge handle;
  handle.impl_ =
      &prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels);
  return handle;
}

Histogram Metrics::histogram(const std::string& name, const std::string& help,
                             const std::vector<double>& bounds, const Labels& labels) {
  Histogram handle;
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry);
  handle.impl_ = &family.Add(labels, bounds);
  return handle;
}

void Metrics::on_collect(std::function<void()> hook) {
  const std::lock_guard lock(impl_->mutex);
  impl_->hooks.push_back(std::move(hook));
}

std::string Metrics::serialize() {
  // Outside the lock: hooks may register metrics and further hooks.
  for (const auto& hook : impl_->copy_hooks()) hook();
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

std::vector<double> Metrics::latency_buckets() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
          0.25,   0.5,   1,      2.5,   5,    10,    30,   60};
}

}  // namespace sluice
