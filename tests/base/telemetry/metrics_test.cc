#include "base/telemetry/metrics.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>

namespace sluice {
namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("counters and gauges are served with type, help and labels", "[metrics]") {
  Metrics metrics;
  metrics.counter("sluice_pushes_total", "Pushes.", {{"code", "204"}}).inc(3);
  Gauge depth = metrics.gauge("sluice_queue_depth", "Waiting.");
  depth.set(5);
  depth.dec(2);
  const std::string text = metrics.serialize();
  CHECK(has_line(text, "# HELP sluice_pushes_total Pushes."));
  CHECK(has_line(text, "# TYPE sluice_pushes_total counter"));
  CHECK(has_line(text, "sluice_pushes_total{code=\"204\"} 3"));
  CHECK(has_line(text, "# TYPE sluice_queue_depth gauge"));
  CHECK(has_line(text, "sluice_queue_depth 3"));
}

TEST_CASE("the same name and labels are the same metric", "[metrics]") {
  Metrics metrics;
  metrics.counter("sluice_x_total", "X.", {{"a", "1"}}).inc();
  Counter again = metrics.counter("sluice_x_total", "X.", {{"a", "1"}});
  again.inc();
  CHECK(again.value() == 2);
  CHECK(metrics.counter("sluice_x_total", "X.", {{"a", "2"}}).value() == 0);
}

TEST_CASE("histograms count cumulatively", "[metrics]") {
  Metrics metrics;
  Histogram seconds = metrics.histogram("sluice_seconds", "Time.", {0.1, 1});
  for (const double v : {0.0625, 0.5, 0.5, 7.0}) seconds.observe(v);
  const std::string text = metrics.serialize();
  CHECK(has_line(text, "sluice_seconds_bucket{le=\"0.1\"} 1"));
  CHECK(has_line(text, "sluice_seconds_bucket{le=\"1\"} 3"));
  CHECK(has_line(text, "sluice_seconds_bucket{le=\"+Inf\"} 4"));
  CHECK(has_line(text, "sluice_seconds_count 4"));
  CHECK(has_line(text, "sluice_seconds_sum 8.0625"));
}

TEST_CASE("label values are escaped", "[metrics]") {
  Metrics metrics;
  metrics.gauge("sluice_g", "G.", {{"path", "a\"b\\c\nd"}}).set(1);
  CHECK(has_line(metrics.serialize(), R"(sluice_g{path="a\"b\\c\nd"} 1)"));
}

TEST_CASE("collect hooks set gauges before they are read", "[metrics]") {
  Metrics metrics;
  int live = 1;
  metrics.on_collect([&] { metrics.gauge("sluice_live", "Live.").set(live); });
  CHECK(has_line(metrics.serialize(), "sluice_live 1"));
  live = 2;
  CHECK(has_line(metrics.serialize(), "sluice_live 2"));
}

TEST_CASE("a default-constructed handle counts nothing", "[metrics]") {
  Counter counter;
  Gauge gauge;
  Histogram histogram;
  counter.inc();
  gauge.set(4);
  histogram.observe(1);
  CHECK(counter.value() == 0);
  CHECK(gauge.value() == 0);
}

TEST_CASE("handles are safe from several threads", "[metrics]") {
  Metrics metrics;
  const auto work = [&metrics] {
    Counter counter = metrics.counter("sluice_n_total", "N.");
    for (int i = 0; i < 10'000; ++i) counter.inc();
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  CHECK(has_line(metrics.serialize(), "sluice_n_total 40000"));
}

TEST_CASE("latency buckets rise from half a millisecond to a minute", "[metrics]") {
  const auto buckets = Metrics::latency_buckets();
  CHECK(buckets.front() == 0.0005);
  CHECK(buckets.back() == 60);
  CHECK(std::is_sorted(buckets.begin(), buckets.end()));
}

}  // namespace sluice
