#include "base/scrape/scraper.h"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <condition_variable>
#include <mutex>

#include "base/codec/json_writer.h"
#include "base/scrape/paced_log.h"
#include "base/scrape/scrape_pool.h"
#include "base/scrape/status_json.h"
#include "base/scrape/target_end.h"

namespace sluice::scrape {
namespace {

constexpr Duration second = std::chrono::seconds(1);

// What targets answer, by URL; a URL without an answer refuses the connection.
class ModelFetcher : public Fetcher {
 public:
  Result<Fetched> fetch(const Target& target, const std::stop_token&) override {
    ++asked[target.url];
    const auto found = answers.find(target.url);
    if (found == answers.end()) return Error{ErrorCode::unavailable, "connection refused"};
    return Fetched{content_type, found->second};
  }
  std::string content_type = "text/plain";
  std::map<std::string, std::string> answers;
  std::map<std::string, int> asked;
};

// A store of (labels, time) -> value, and a clock that is stepped from tick to tick.
struct Machine {
  ManualClock clock{from_unix_ns(1'700'000'000'000'000'000)};
  Metrics metrics;
  std::shared_ptr<ModelFetcher> fetcher = std::make_shared<ModelFetcher>();
  std::map<std::string, std::map<std::int64_t, std::string>> stored;
  std::vector<MetricMetadata> told;
  std::vector<std::string> exemplars;  // their labels
  bool full = false;
  Scraper scraper{{.threads = 1, .bounds = {.targets = 100}},
                  {clock, metrics, [this](const JobConfig&) { return fetcher; },
                   [this](ScrapeWrite write) { return store(std::move(write)); }}};

  Result<void> store(ScrapeWrite write) {
    if (full) return Error{ErrorCode::no_space, "full"};
    told.insert(told.end(), write.metadata.begin(), write.metadata.end());
    for (const SeriesExemplars& one : write.exemplars)
      for (const Exemplar& exemplar : one.exemplars)
        exemplars.push_back(exemplar.labels.to_string());
    for (const auto& series : write.series)
      for (const Sample& sample : series.samples)
        stored[series.labels.to_string()][sample.timestamp_ms] =
            std::bit_cast<std::uint64_t>(sample.value) == stale_marker_bits
                ? "stale"
                : format_sample_value(sample.value);
    return {};
  }

  void apply(const std::vector<JobConfig>& jobs) {
    ScrapeConfig config;
    config.jobs = jobs;
    REQUIRE(bool(scraper.apply(config)));
  }
  // All that happens in this time.
  void run(Duration length) {
    const Timestamp end = clock.now() + length;
    while (true) {
      const Timestamp next = scraper.step();
      if (next > end) break;
      clock.set(std::max(next, clock.now()));
    }
    clock.set(end);
  }
  // The last value of a series whose labels hold all these texts.
  std::string last(const std::vector<std::string>& parts) const {
    for (const auto& [labels, samples] : stored) {
      const bool all = std::all_of(parts.begin(), parts.end(), [&](const auto& part) {
        return labels.find(part) != std::string::npos;
      });
      if (all) return samples.rbegin()->second;
    }
    return "none";
  }
  std::size_t count(const std::string& part) const {
    std::size_t n = 0;
    for (const auto& [labels, samples] : stored)
      if (labels.find(part) != std::string::npos) n += samples.size();
    return n;
  }
};

JobConfig job_of(const std::string& name, const std::vector<std::string>& addresses) {
  JobConfig job;
  job.name = name;
  job.interval = 10 * second;
  job.timeout = 5 * second;
  TargetGroup group;
  group.addresses = addresses;
  job.static_groups = {group};
  return job;
}

}  // namespace

TEST_CASE("a target is scraped once an interval, at its own offset", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\n";
  machine.fetcher->answers["http://b:1/metrics"] = "x 1\n";
  machine.apply({job_of("j", {"a:1", "b:1"})});
  machine.run(60 * second);
  CHECK(machine.fetcher->asked["http://a:1/metrics"] == 6);
  CHECK(machine.fetcher->asked["http://b:1/metrics"] == 6);
  CHECK(machine.last({"\"x\"", "a:1"}) == "1");
  CHECK(machine.last({"\"up\"", "a:1"}) == "1");
  CHECK(machine.last({"scrape_samples_scraped", "b:1"}) == "1");
  std::set<std::int64_t> offsets;
  for (const auto& [labels, samples] : machine.stored) {
    if (labels.find("\"up\"") == std::string::npos) continue;
    for (const auto& [at, value] : samples) CHECK(at % 10'000 == samples.begin()->first % 10'000);
    offsets.insert(samples.begin()->first % 10'000);
  }
  CHECK(offsets.size() == 2);
}

TEST_CASE("a target that goes down is down, and its series end", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\n";
  machine.apply({job_of("j", {"a:1"})});
  machine.run(20 * second);
  CHECK(machine.scraper.status().active.at(0).state.health == Health::up);
  machine.fetcher->answers.clear();
  machine.run(10 * second);
  CHECK(machine.last({"\"up\""}) == "0");
  CHECK(machine.last({"\"x\""}) == "stale");
  const auto state = machine.scraper.status().active.at(0).state;
  CHECK(state.health == Health::down);
  CHECK(state.last_error == "connection refused");
  machine.fetcher->answers["http://a:1/metrics"] = "x 2\n";
  machine.run(10 * second);
  CHECK(machine.last({"\"up\""}) == "1");
  CHECK(machine.last({"\"x\""}) == "2");
}

TEST_CASE("a target that is taken out ends two intervals later", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\n";
  machine.apply({job_of("j", {"a:1"})});
  machine.run(20 * second);
  machine.apply({});
  CHECK(machine.scraper.status().active.empty());
  machine.run(10 * second);
  CHECK(machine.last({"\"x\""}) == "1");
  machine.run(20 * second);
  CHECK(machine.fetcher->asked["http://a:1/metrics"] == 2);
  CHECK(machine.last({"\"x\""}) == "stale");
  CHECK(machine.last({"\"up\""}) == "stale");
  CHECK(machine.last({"scrape_duration_seconds"}) == "stale");
}

TEST_CASE("a target that comes back in time never ended", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\n";
  machine.apply({job_of("j", {"a:1"})});
  machine.run(20 * second);
  machine.apply({job_of("j", {})});
  machine.run(5 * second);
  machine.apply({job_of("j", {"a:1"})});
  machine.run(60 * second);
  for (const auto& [labels, samples] : machine.stored)
    for (const auto& [at, value] : samples) CHECK(value != "stale");
  CHECK(machine.last({"scrape_series_added"}) == "0");
}

TEST_CASE("series that another target goes on with do not end", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\ny 1\n";
  machine.fetcher->answers["http://a:1/other"] = "x 1\n";
  machine.apply({job_of("j", {"a:1"})});
  machine.run(20 * second);
  JobConfig moved = job_of("j", {"a:1"});
  moved.metrics_path = "/other";
  machine.apply({moved});
  machine.run(60 * second);
  CHECK(machine.last({"\"x\""}) == "1");
  CHECK(machine.last({"\"y\""}) == "stale");
  CHECK(machine.last({"\"up\""}) == "1");
  CHECK(machine.count("\"up\"") >= 8);
}

TEST_CASE("series go on elsewhere whatever relabelling does to them", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\ny 1\n";
  machine.fetcher->answers["http://b:1/metrics"] = "x 1\nz 1\n";
  JobConfig one = job_of("j", {"a:1"});
  one.metric_relabel = {{.action = RelabelAction::labeldrop, .regex = "instance"}};
  JobConfig other = one;
  other.name = "k";
  other.static_groups[0].addresses = {"b:1"};
  other.static_groups[0].labels.set("job", "j");
  machine.apply({one, other});
  machine.run(20 * second);
  machine.apply({other});
  machine.run(60 * second);
  CHECK(machine.last({"\"x\""}) == "1");
  CHECK(machine.last({"\"y\""}) == "stale");
  CHECK(machine.last({"\"z\""}) == "1");
}

TEST_CASE("labels that rules leave alone tell targets apart", "[scraper]") {
  const LabelSet target{{"instance", "i"}, {"job", "j"}};
  JobConfig job;
  job.metric_relabel = {
      {.action = RelabelAction::drop, .source_labels = {"__name__"}, .regex = "x"},
      {.source_labels = {"a"}, .target_label = "job"}};
  CHECK(settled_labels(job, target) == LabelSet{{"instance", "i"}});
  job.metric_relabel.push_back({.source_labels = {"a"}, .target_label = "$1"});
  CHECK(settled_labels(job, target).empty());
  job.metric_relabel = {{.action = RelabelAction::labeldrop, .regex = "x"}};
  CHECK(settled_labels(job, target).empty());
  job.metric_relabel = {};
  CHECK(settled_labels(job, target) == target);
  job.honor_labels = true;
  CHECK(settled_labels(job, target).empty());
  CHECK(labels_conflict({{"a", "1"}, {"b", "2"}}, {{"b", "3"}}));
  CHECK_FALSE(labels_conflict({{"a", "1"}, {"b", "2"}}, {{"b", "2"}, {"c", "3"}}));
}

// Every ended series was once looked for in every other target.
TEST_CASE("many targets with many series end together", "[scraper]") {
  Machine machine;
  std::string body;
  for (int i = 0; i < 2'000; ++i) body += "x{i=\"" + std::to_string(i) + "\"} 1\n";
  std::vector<std::string> addresses;
  for (int i = 0; i < 40; ++i) {
    addresses.push_back("t" + std::to_string(i) + ":1");
    machine.fetcher->answers["http://" + addresses.back() + "/metrics"] = body;
  }
  machine.apply({job_of("j", addresses)});
  machine.run(10 * second);
  addresses.resize(20);
  machine.apply({job_of("j", addresses)});
  machine.run(40 * second);
  CHECK(machine.last({"\"up\"", "t39:1"}) == "stale");
  CHECK(machine.last({"\"1999\"", "t39:1"}) == "stale");
  CHECK(machine.last({"\"1999\"", "t0:1"}) == "1");
}

TEST_CASE("a running scraper ends targets on its threads", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\n";
  std::mutex mutex;
  std::condition_variable changed;
  bool up = false, ended = false;
  Scraper scraper{
      {.threads = 2, .bounds = {}},
      {system_clock(), machine.metrics, [&](const JobConfig&) { return machine.fetcher; },
       [&](const ScrapeWrite& write) -> Result<void> {
         const std::lock_guard lock(mutex);
         for (const auto& series : write.series) {
           if (series.labels.get(metric_name_label) != "x") continue;
           const double value = series.samples.at(0).value;
           up = up || value == 1;
           ended = ended || std::bit_cast<std::uint64_t>(value) == stale_marker_bits;
         }
         changed.notify_all();
         return {};
       }}};
  ScrapeConfig config;
  config.jobs = {job_of("j", {"a:1"})};
  config.jobs[0].interval = config.jobs[0].timeout = std::chrono::milliseconds(20);
  REQUIRE(bool(scraper.apply(config)));
  scraper.start();
  std::unique_lock lock(mutex);
  REQUIRE(changed.wait_for(lock, std::chrono::seconds(30), [&] { return up; }));
  lock.unlock();
  REQUIRE(bool(scraper.apply({})));
  lock.lock();
  CHECK(changed.wait_for(lock, std::chrono::seconds(30), [&] { return ended; }));
  lock.unlock();
  scraper.stop();
}

TEST_CASE("a reload changes intervals and rules in place", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\ny 1\n";
  JobConfig job = job_of("j", {"a:1"});
  machine.apply({job});
  machine.run(20 * second);
  job.interval = 5 * second;
  job.metric_relabel = {
      {.action = RelabelAction::drop, .source_labels = {"__name__"}, .regex = "y"}};
  machine.apply({job});
  machine.run(20 * second);
  CHECK(machine.fetcher->asked["http://a:1/metrics"] == 6);
  CHECK(machine.last({"\"y\""}) == "stale");
  CHECK(machine.last({"\"x\""}) == "1");
}

TEST_CASE("more targets than the limit fail all of the job's scrapes, unasked", "[scraper]") {
  Machine machine;
  JobConfig job = job_of("j", {"a:1", "b:1", "c:1"});
  job.limits.targets = 2;
  machine.apply({job});
  machine.run(10 * second);
  CHECK(machine.fetcher->asked.empty());
  CHECK(machine.last({"\"up\""}) == "0");
  CHECK(machine.scraper.status().active.at(0).state.last_error ==
        "target_limit exceeded (number of targets: 3, limit: 2)");
  job.limits.targets = 3;
  machine.apply({job});
  machine.run(10 * second);
  CHECK(machine.fetcher->asked.size() == 3);
}

TEST_CASE("a clock that is set back does not stop the scraping", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\n";
  machine.apply({job_of("j", {"a:1"})});
  machine.run(20 * second);
  machine.clock.set(machine.clock.now() - std::chrono::hours(1));
  machine.run(20 * second);
  CHECK(machine.fetcher->asked["http://a:1/metrics"] >= 4);
}

TEST_CASE("a store that is full costs the scrape and is counted", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://a:1/metrics"] = "x 1\n";
  machine.full = true;
  machine.apply({job_of("j", {"a:1"})});
  machine.run(10 * second);
  CHECK(machine.stored.empty());
  CHECK(machine.metrics.serialize().find("sluice_scrape_write_failures_total 1") !=
        std::string::npos);
  machine.full = false;
  machine.run(10 * second);
  CHECK(machine.last({"\"x\""}) == "1");
}

TEST_CASE("families that a scrape described are told again if it was not stored", "[scraper]") {
  Machine machine;
  std::string& answer = machine.fetcher->answers["http://a:1/metrics"];
  answer = "# TYPE x counter\nx 1\n";
  machine.full = true;
  machine.apply({job_of("j", {"a:1"})});
  machine.run(10 * second);
  CHECK(machine.told.empty());
  machine.full = false;
  machine.run(20 * second);
  CHECK(machine.told == std::vector<MetricMetadata>{{"x", "counter", "", ""}});
  answer = "# TYPE y gauge\ny 1\n";
  machine.run(10 * second);
  CHECK(machine.told.size() == 2);
  const auto shown = machine.scraper.status().active.at(0).state.descriptions;
  CHECK(shown->size() == 1);
  CHECK(shown->contains("y"));
  // A failure says nothing about families.
  machine.fetcher->answers.clear();
  machine.run(10 * second);
  CHECK(machine.scraper.status().active.at(0).state.descriptions == shown);
}

TEST_CASE("exemplars of a scrape that was not stored come with the next one", "[scraper]") {
  Machine machine;
  machine.fetcher->content_type = "application/openmetrics-text; version=1.0.0";
  std::string& page = machine.fetcher->answers["http://a:1/metrics"];
  page = "a_total 1 # {id=\"one\"} 1\nb_total 1 # {id=\"early\"} 1\n# EOF\n";
  machine.apply({job_of("j", {"a:1"})});
  machine.run(20 * second);
  using Ids = std::vector<std::string>;
  CHECK(machine.exemplars == Ids{"{id=\"one\"}", "{id=\"early\"}"});
  machine.full = true;
  page = "a_total 2 # {id=\"two\"} 1\nb_total 1 # {id=\"early\"} 1\n# EOF\n";
  machine.run(10 * second);
  page = "a_total 2 # {id=\"two\"} 1\nb_total 2 # {id=\"late\"} 1\n# EOF\n";
  machine.run(10 * second);
  machine.full = false;
  machine.run(30 * second);
  // "two" was kept in the first of the refused scrapes, "late" in the second.
  CHECK(machine.exemplars ==
        Ids{"{id=\"one\"}", "{id=\"early\"}", "{id=\"two\"}", "{id=\"late\"}"});
}

TEST_CASE("room that one job gives up another one takes in the same reload", "[scraper]") {
  Machine machine;  // 100 targets in all
  const auto many = [](std::size_t n) {
    std::vector<std::string> addresses;
    for (std::size_t i = 0; i < n; ++i) addresses.push_back("a" + std::to_string(i) + ":1");
    return addresses;
  };
  const auto active = [&](const std::string& job) {
    std::size_t n = 0;
    for (const auto& target : machine.scraper.status().active) n += target.job == job ? 1 : 0;
    return n;
  };
  machine.apply({job_of("a", many(10)), job_of("z", many(90))});
  CHECK(active("z") == 90);
  machine.apply({job_of("a", many(90)), job_of("z", many(20))});
  CHECK(active("z") == 20);
  CHECK(active("a") == 80);
  machine.apply({job_of("a", many(90)), job_of("z", many(5))});
  CHECK(active("a") == 90);
}

TEST_CASE("targets that change all the time do not wait without a bound", "[scraper]") {
  Metrics metrics;
  ScrapeMetrics scrape_metrics(metrics);
  const auto job_at = [](int round) {
    auto job = std::make_shared<Job>();
    job->config = job_of("j", {});
    for (int i = 0; i < 3'000; ++i)
      job->config.static_groups[0].addresses.push_back("r" + std::to_string(round) + "-" +
                                                       std::to_string(i) + ":1");
    return JobPtr(job);
  };
  const Timestamp now = from_unix_ns(1'700'000'000'000'000'000);
  ScrapePool pool(job_at(0));
  for (int round = 0; round < 3; ++round) pool.set_job(job_at(round), now, 10'000);
  CHECK(pool.size() == 3'000);
  CHECK(pool.ends_due(now));
  CHECK(pool.take_ended(now).size() == 1'000);
  CHECK_FALSE(pool.ends_due(now));
}

TEST_CASE("a warning that comes all the time is said once a minute", "[scraper]") {
  PacedLog log("not stored");
  Timestamp now = from_unix_ns(1'700'000'000'000'000'000);
  CHECK(log.warn(now, "full"));
  CHECK_FALSE(log.warn(now + 59 * second, "full"));
  CHECK(log.warn(now + 60 * second, "full"));
  CHECK(log.warn(now - std::chrono::hours(1), "full"));
}

TEST_CASE("a configuration that does not compile changes nothing", "[scraper]") {
  Machine machine;
  machine.apply({job_of("j", {"a:1"})});
  ScrapeConfig wrong;
  wrong.jobs = {job_of("k", {"b:1"})};
  wrong.jobs[0].relabel = {{.regex = "(", .target_label = "a"}};
  CHECK(machine.scraper.apply(wrong).has_error());
  CHECK(machine.scraper.status().jobs == std::vector<std::string>{"j"});
}

TEST_CASE("the API shows targets as Prometheus does", "[scraper]") {
  Machine machine;
  machine.fetcher->answers["http://127.0.0.1:9100/metrics"] =
      "# HELP x about x\n# TYPE x counter\nx 1\n";
  JobConfig job = job_of("node", {"127.0.0.1:9100", "drop:1"});
  job.relabel = {
      {.action = RelabelAction::drop, .source_labels = {"__address__"}, .regex = "drop.*"}};
  machine.apply({job});
  JsonWriter before;
  write_targets(before, machine.scraper.status(), target_query("active", ""), "web-1");
  CHECK(before.text() ==
        R"({"activeTargets":[{"discoveredLabels":{"__address__":"127.0.0.1:9100",)"
        R"("__metrics_path__":"/metrics","__scheme__":"http","__scrape_interval__":"10s",)"
        R"("__scrape_timeout__":"5s","job":"node"},"labels":{"instance":"127.0.0.1:9100",)"
        R"("job":"node"},"scrapePool":"node","scrapeUrl":"http://127.0.0.1:9100/metrics",)"
        R"("globalUrl":"http://web-1:9100/metrics","lastError":"",)"
        R"("lastScrape":"0001-01-01T00:00:00Z","lastScrapeDuration":0,"health":"unknown",)"
        R"("scrapeInterval":"10s","scrapeTimeout":"5s"}],"droppedTargets":[],)"
        R"("droppedTargetCounts":null})");
  machine.run(10 * second);
  JsonWriter dropped;
  write_targets(dropped, machine.scraper.status(), target_query("dropped", ""), "web-1");
  CHECK(dropped.text() ==
        R"({"activeTargets":[],"droppedTargets":[{"discoveredLabels":{"__address__":"drop:1",)"
        R"("__metrics_path__":"/metrics","__scheme__":"http","__scrape_interval__":"10s",)"
        R"("__scrape_timeout__":"5s","job":"node"},"scrapePool":"node"}],)"
        R"("droppedTargetCounts":{"node":1}})");
  JsonWriter other;
  write_targets(other, machine.scraper.status(), target_query("", "other"), "web-1");
  CHECK(other.text() == R"({"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}})");
  JsonWriter pools;
  write_scrape_pools(pools, machine.scraper.status());
  CHECK(pools.text() == R"({"scrapePools":["node"]})");

  const auto everything = [](const LabelSet&) { return true; };
  JsonWriter all;
  CHECK(write_target_metadata(all, machine.scraper.status(), {"", {}, everything}));
  CHECK(all.text() == R"([{"target":{"instance":"127.0.0.1:9100","job":"node"},"metric":"x",)"
                      R"("type":"counter","help":"about x","unit":""}])");
  JsonWriter none;
  CHECK_FALSE(write_target_metadata(none, machine.scraper.status(), {"y", {}, everything}));
}

TEST_CASE("others see the host's name where we see ourselves", "[scraper]") {
  CHECK(global_url("http://127.0.0.1:1/m", "h") == "http://h:1/m");
  CHECK(global_url("https://localhost/m", "h") == "https://h/m");
  CHECK(global_url("http://[::1]:1/m", "h") == "http://h:1/m");
  CHECK(global_url("http://localhost.example/m", "h") == "http://localhost.example/m");
  CHECK(global_url("http://web:1/m", "h") == "http://web:1/m");
}

}  // namespace sluice::scrape
