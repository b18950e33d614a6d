// Metrics: Sluice's own counters, gauges and histograms, served at /metrics.
//
// A thin front of prometheus-cpp's registry (its headers stay in metrics.cc). Handles are cheap to
// copy, never dangle while the Metrics lives, and are safe from any thread. Asking for the same
// name and labels again gives the same metric. A default-constructed handle counts nothing. Names
// begin with sluice_; docs/guide/metrics.md lists all.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace sluice {

class Counter {
 public:
  void inc(double by = 1);
  double value() const;

 private:
  friend class Metrics;
  prometheus::Counter* impl_ = nullptr;
};

class Gauge {
 public:
  void set(double v);
  void inc(double by = 1);
  void dec(double by = 1);
  double value() const;

 private:
  friend class Metrics;
  prometheus::Gauge* impl_ = nullptr;
};

class Histogram {
 public:
  void observe(double v);

 private:
  friend class Metrics;
  prometheus::Histogram* impl_ = nullptr;
};

class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;
  Metrics();
  ~Metrics();
  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  Histogram histogram(const std::string& name, const std::string& help,
                      const std::vector<double>& bounds, const Labels& labels = {});
  // Called before each serialize(), to set gauges from live state.
  void on_collect(std::function<void()> hook);
  std::string serialize();  // Prometheus text format 0.0.4
  static std::vector<double> latency_buckets();  // seconds, 0.5 ms to 60 s

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice
