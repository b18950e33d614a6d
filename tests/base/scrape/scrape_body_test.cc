#include "base/scrape/scrape_body.h"

#include <bit>
#include <catch2/catch_test_macros.hpp>

#include "base/codec/json_writer.h"
#include "base/scrape/report.h"

namespace sluice::scrape {
namespace {

constexpr std::int64_t start = 1'700'000'000'000;

std::string printed_sample(const SeriesSamples& series) {
  const Sample& sample = series.samples.front();
  std::string out = series.labels.to_string() + " ";
  out += std::bit_cast<std::uint64_t>(sample.value) == stale_marker_bits
             ? "stale"
             : format_sample_value(sample.value);
  if (sample.timestamp_ms != start) out += " +" + std::to_string(sample.timestamp_ms - start);
  return out;
}

std::vector<std::string> printed_samples(const std::vector<SeriesSamples>& series) {
  std::vector<std::string> out;
  for (const auto& one : series) out.push_back(printed_sample(one));
  std::sort(out.begin(), out.end());
  return out;
}

// One target, scraped again and again.
struct Target1 {
  JobConfig job;
  LabelSet labels{{"instance", "i"}, {"job", "j"}};
  Bounds bounds;
  SeriesCache cache;
  ExpositionFormat format = ExpositionFormat::text;

  ScrapedBody scrape(std::string_view body, std::int64_t at = start) {
    const auto relabel = Relabeler::compile(job.metric_relabel);
    REQUIRE(bool(relabel));
    return scrape_body(body, format, at, {job, *relabel, labels, bounds}, cache);
  }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("exemplars are kept once, with their time or their sample's", "[scrape]") {
  Target1 target;
  target.format = ExpositionFormat::openmetrics;
  const std::string untimed = "a_total 1 # {trace_id=\"x\"} 0.5\n";
  const std::string timed = "b_total 1 # {trace_id=\"y\"} 2 1699999999.5\n";
  const auto first = target.scrape(untimed + timed + "c 1\n# EOF\n");
  REQUIRE(first.exemplars.size() == 2);
  CHECK(first.exemplars[0].series == first.series[0].labels);
  CHECK(first.exemplars[0].exemplars == std::vector<Exemplar>{{{{"trace_id", "x"}}, 0.5, start}});
  CHECK(first.exemplars[1].exemplars ==
        std::vector<Exemplar>{{{{"trace_id", "y"}}, 2, start - 500}});
  CHECK(first.tally.exemplars == 0);
  const auto second = target.scrape(
      untimed + "b_total 2 # {trace_id=\"z\"} 2 1699999999.5\n# EOF\n", start + 1'000);
  REQUIRE(second.exemplars.size() == 1);
  CHECK(second.exemplars[0].exemplars[0].labels == LabelSet{{"trace_id", "z"}});
  CHECK(second.tally.exemplars == 0);
}

TEST_CASE("exemplars that break a rule are left out, their samples are not", "[scrape]") {
  Target1 target;
  target.format = ExpositionFormat::openmetrics;
  const auto body = target.scrape("a_total 1 # {x=\"" + std::string(128, 'y') + "\"} 1\n" +
                                  "b_total 1 # {x=\"future\"} 1 1800000000\n" +
                                  "c_total 1 # {x=\"past\"} 1 1600000000\n# EOF\n");
  CHECK(body.series.size() == 3);
  CHECK(body.exemplars.empty());
  CHECK(body.tally.exemplars == 3);
  const auto failed = target.scrape("a_total 1 # {x=\"y\"} 1\nb");
  CHECK(failed.error.has_value());
  CHECK(failed.exemplars.empty());
  CHECK(failed.tally.exemplars == 1);
}

TEST_CASE("series get the target's labels", "[scrape]") {
  Target1 target;
  const auto body = target.scrape("a 1\nb{x=\"y\"} 2\n");
  CHECK_FALSE(body.error.has_value());
  CHECK(printed_samples(body.series) == Lines{R"({__name__="a", instance="i", job="j"} 1)",
                                              R"({__name__="b", instance="i", job="j", x="y"} 2)"});
  CHECK(body.tally.scraped == 2);
  CHECK(body.tally.added == 2);
  CHECK(body.tally.series_added == 2);
  CHECK(target.scrape("a 1\nc 2\n").tally.series_added == 1);
}

TEST_CASE("types and units become labels where wanted", "[scrape]") {
  const std::string_view page =
      "# TYPE a counter\n# UNIT a_seconds seconds\n# TYPE a_seconds histogram\n"
      "# TYPE t info\n# TYPE u unknown\n# TYPE q gauge\n"
      "a_total 1\na_seconds_bucket{le=\"+Inf\"} 2\na_seconds_sum 3\na_seconds_count 2\n"
      "t_info 1\nu 1\nq{__type__=\"own\",__unit__=\"own\"} 1\nother 1\n# EOF\n";
  Target1 target;
  target.labels = {};
  target.format = ExpositionFormat::openmetrics;
  CHECK(printed_samples(target.scrape(page).series).at(0) ==
        R"({__name__="a_seconds_bucket", le="+Inf"} 2)");

  Target1 typed;
  typed.labels = {};
  typed.format = ExpositionFormat::openmetrics;
  typed.bounds.type_and_unit_labels = true;
  const auto body = typed.scrape(page);
  CHECK_FALSE(body.error.has_value());
  CHECK(printed_samples(body.series) ==
        Lines{R"({__name__="a_seconds_bucket", __type__="histogram", __unit__="seconds", )"
              R"(le="+Inf"} 2)",
              R"({__name__="a_seconds_count", __type__="histogram", __unit__="seconds"} 2)",
              R"({__name__="a_seconds_sum", __type__="histogram", __unit__="seconds"} 3)",
              R"({__name__="a_total", __type__="counter"} 1)", R"({__name__="other"} 1)",
              // Its unit is not stated: what it says itself stays.
              R"({__name__="q", __type__="gauge", __unit__="own"} 1)",
              R"({__name__="t_info", __type__="info"} 1)", R"({__name__="u"} 1)"});
}

TEST_CASE("another type makes another series, the one before ends", "[scrape]") {
  Target1 target;
  target.labels = {};
  target.bounds.type_and_unit_labels = true;
  CHECK(printed_samples(target.scrape("# TYPE x gauge\nx 1\n").series) ==
        Lines{R"({__name__="x", __type__="gauge"} 1)"});
  const auto same = target.scrape("# HELP x said\n# TYPE x gauge\nx 2\n", start + 1);
  CHECK(same.tally.series_added == 0);
  const auto changed = target.scrape("# TYPE x counter\nx 3\n", start + 2);
  CHECK(changed.tally.series_added == 1);
  CHECK(printed_samples(changed.series) == Lines{R"({__name__="x", __type__="counter"} 3 +2)",
                                                 R"({__name__="x", __type__="gauge"} stale +2)"});
  CHECK(printed_samples(target.scrape("{\"x\"} 4\nx 5\n", start + 3).series) ==
        Lines{R"({__name__="x", __type__="counter"} stale +3)", R"({__name__="x"} 4 +3)"});
}

TEST_CASE("relabelling sees types and units", "[scrape]") {
  Target1 target;
  target.labels = {};
  target.bounds.type_and_unit_labels = true;
  RelabelRule drop;
  drop.action = RelabelAction::drop;
  drop.source_labels = {"__type__"};
  drop.regex = "gauge";
  target.job.metric_relabel = {drop};
  CHECK(printed_samples(
            target.scrape("# TYPE x gauge\nx 1\n# TYPE y_total counter\ny_total 2\n").series) ==
        Lines{R"({__name__="y_total", __type__="counter"} 2)"});
}

TEST_CASE("labels of the target push those of the series aside", "[scrape]") {
  const LabelSet series{{"__name__", "a"}, {"job", "own"}, {"exported_job", "older"}};
  const LabelSet target{{"instance", "i"}, {"job", "j"}};
  CHECK(merge_labels(series, target, false) == LabelSet{{"__name__", "a"},
                                                        {"exported_exported_job", "own"},
                                                        {"exported_job", "older"},
                                                        {"instance", "i"},
                                                        {"job", "j"}});
  CHECK(merge_labels(series, target, true) ==
        LabelSet{{"__name__", "a"}, {"exported_job", "older"}, {"instance", "i"}, {"job", "own"}});
  CHECK(merge_labels({{"job", "x"}, {"exported_job", "y"}}, {{"job", "t"}, {"exported_job", "u"}},
                     false) == LabelSet{{"exported_exported_exported_job", "y"},
                                        {"exported_exported_job", "x"},
                                        {"exported_job", "u"},
                                        {"job", "t"}});
}

TEST_CASE("a series that is gone ends with a stale marker, once", "[scrape]") {
  Target1 target;
  target.scrape("a 1\nb 2\n");
  CHECK(printed_samples(target.scrape("b 3\n").series) ==
        Lines{R"({__name__="a", instance="i", job="j"} stale)",
              R"({__name__="b", instance="i", job="j"} 3)"});
  CHECK(printed_samples(target.scrape("b 4\n").series) ==
        Lines{R"({__name__="b", instance="i", job="j"} 4)"});
  CHECK(printed_samples(target.scrape("a 5\nb 4\n").series).size() == 2);
}

TEST_CASE("a series whose text changes is still the same", "[scrape]") {
  Target1 target;
  target.scrape("a{x=\"1\",y=\"2\"} 1\n");
  CHECK(printed_samples(target.scrape("a{y=\"2\",x=\"1\"} 2\n").series) ==
        Lines{R"({__name__="a", instance="i", job="j", x="1", y="2"} 2)"});
}

TEST_CASE("a scrape that cannot be read ends all series", "[scrape]") {
  Target1 target;
  target.scrape("a 1\nb 2\n");
  const auto body = target.scrape("a 1\nnew 5\n7&-\n");
  REQUIRE(body.error.has_value());
  CHECK(body.error->message.find("line 3") != std::string::npos);
  CHECK(printed_samples(body.series) == Lines{R"({__name__="a", instance="i", job="j"} stale)",
                                              R"({__name__="b", instance="i", job="j"} stale)"});
  // Nothing is left to end.
  CHECK(target.scrape("7&-\n").series.empty());
  CHECK(target.scrape("a 1\n").series.size() == 1);
}

TEST_CASE("series with a time of their own are not tracked unless asked", "[scrape]") {
  Target1 target;
  const std::string body = "a 1 " + std::to_string(start + 5) + "\n";
  CHECK(printed_samples(target.scrape(body).series) ==
        Lines{R"({__name__="a", instance="i", job="j"} 1 +5)"});
  CHECK(target.scrape("").series.empty());

  target.job.track_timestamps_staleness = true;
  target.scrape(body);
  CHECK(printed_samples(target.scrape("").series) ==
        Lines{R"({__name__="a", instance="i", job="j"} stale)"});

  target.job.honor_timestamps = false;
  CHECK(printed_samples(target.scrape(body).series) ==
        Lines{R"({__name__="a", instance="i", job="j"} 1)"});
}

TEST_CASE("timestamps out of order or of bounds are counted", "[scrape]") {
  Target1 target;
  const auto at = [](std::int64_t ms) { return "a 1 " + std::to_string(start + ms) + "\n"; };
  CHECK(target.scrape(at(0)).tally.out_of_order == 0);
  CHECK(target.scrape(at(0)).tally.out_of_order == 0);
  CHECK(target.scrape(at(-5)).tally.out_of_order == 1);
  CHECK(target.scrape(at(11 * 60'000)).tally.out_of_bounds == 1);
  CHECK(target.scrape("a 1 5\n").tally.out_of_bounds == 1);
  CHECK(target.scrape("a 1 5\n").series.empty());
}

TEST_CASE("of a series that is there twice the first sample counts", "[scrape]") {
  Target1 target;
  for (int round = 0; round < 2; ++round) {
    const auto body = target.scrape("a 1\na 2\n");
    CHECK(printed_samples(body.series) == Lines{R"({__name__="a", instance="i", job="j"} 1)"});
    CHECK(body.tally.duplicates == 1);
    CHECK(body.tally.scraped == 2);
  }
}

TEST_CASE("series that relabelling drops are counted as scraped only", "[scrape]") {
  Target1 target;
  target.job.metric_relabel = {
      {.action = RelabelAction::drop, .source_labels = {"__name__"}, .regex = "go_.*"}};
  for (int round = 0; round < 2; ++round) {
    const auto body = target.scrape("go_a 1\nb 2\n");
    CHECK(printed_samples(body.series) == Lines{R"({__name__="b", instance="i", job="j"} 2)"});
    CHECK(body.tally.scraped == 2);
    CHECK(body.tally.added == 1);
  }
}

TEST_CASE("a series without a name fails the scrape", "[scrape]") {
  Target1 target;
  target.job.metric_relabel = {{.action = RelabelAction::labeldrop, .regex = "__name__"}};
  CHECK(target.scrape("a 1\n").error->message == "missing metric name (__name__ label)");
  target.job.metric_relabel = {};
  target.job.names = NameScheme::legacy;
  CHECK(target.scrape("{\"a.b\"} 1\n").error->message.starts_with("invalid metric name"));
  target.job.names = NameScheme::utf8;
  target.cache.forget_texts();
  CHECK_FALSE(target.scrape("{\"a.b\"} 1\n").error.has_value());
}

TEST_CASE("more samples than the limit fail the scrape as a whole", "[scrape]") {
  Target1 target;
  target.scrape("a 1\n");
  target.job.limits.samples = 2;
  const auto body = target.scrape("a 1\nb 2\nc 3\nd 4\n");
  CHECK(body.error->message == "sample limit exceeded");
  CHECK(body.exceeded == ExceededLimit::samples);
  CHECK(body.tally.scraped == 4);
  CHECK(body.tally.added == 4);
  CHECK(printed_samples(body.series) == Lines{R"({__name__="a", instance="i", job="j"} stale)"});
  CHECK_FALSE(target.scrape("a 1\nb 2\n").error.has_value());
}

TEST_CASE("labels beyond a job's limits fail the scrape", "[scrape]") {
  const auto problem = [](ScrapeLimits limits) {
    Target1 target;
    target.job.limits = limits;
    const auto body = target.scrape("metric{label=\"value\"} 1\n");
    CHECK((body.exceeded == ExceededLimit::labels) == body.error.has_value());
    return body.error ? body.error->message : "none";
  };
  CHECK(problem({.labels = 4}) == "none");
  CHECK(problem({.labels = 3}) ==
        "label_limit exceeded (metric: metric, number of labels: 4, limit: 3)");
  CHECK(problem({.label_name_length = 8}) == "none");
  CHECK(problem({.label_name_length = 7}) ==
        "label_name_length_limit exceeded (metric: metric, label name: __name__, length: 8, "
        "limit: 7)");
  CHECK(problem({.label_value_length = 5}) ==
        "label_value_length_limit exceeded (metric: metric, label name: __name__, value: "
        "\"metric\", length: 6, limit: 5)");
}

TEST_CASE("series beyond the bounds of the store are left out and counted", "[scrape]") {
  Target1 target;
  target.bounds.label_value_bytes = 10;
  const auto body = target.scrape("a{b=\"0123456789x\"} 1\nc 2\n");
  CHECK_FALSE(body.error.has_value());
  CHECK(body.tally.oversized == 1);
  CHECK(body.series.size() == 1);
}

TEST_CASE("what is said about families is passed on", "[scrape]") {
  Target1 target;
  const auto said =
      target.scrape("# TYPE a counter\n# HELP a about it\n# HELP b unsaid\na 1\n").descriptions;
  REQUIRE(said.size() == 2);
  CHECK(said.at("a") == MetricMetadata{"a", "counter", "about it", ""});
  CHECK(said.at("b").type == "unknown");
  CHECK(target.scrape("a 1\n").descriptions.empty());
}

TEST_CASE("more samples or families than the bound fail the scrape", "[scrape]") {
  Target1 target;
  target.bounds.samples = 2;
  target.job.metric_relabel = {
      {.action = RelabelAction::drop, .source_labels = {"__name__"}, .regex = "c"}};
  CHECK_FALSE(target.scrape("a 1\nb 2\n").error.has_value());
  // Those that relabelling drops fill the memory, too.
  const auto body = target.scrape("a 1\nb 2\nc 3\n");
  CHECK(body.error->message == "sample limit exceeded (more than 2 samples in one scrape)");
  CHECK(body.exceeded == ExceededLimit::samples);
  CHECK(printed_samples(body.series) == Lines{R"({__name__="a", instance="i", job="j"} stale)",
                                              R"({__name__="b", instance="i", job="j"} stale)"});
  const auto families = target.scrape("# HELP a\n# HELP b\n# HELP c\n# HELP d\n");
  CHECK(families.error->message == "sample limit exceeded (more than 2 families in one scrape)");
  CHECK_FALSE(target.scrape("a 1\nb 2\n").error.has_value());
}

TEST_CASE("series that relabelling makes one are duplicates", "[scrape]") {
  Target1 target;
  target.job.metric_relabel = {{.action = RelabelAction::labeldrop, .regex = "x"}};
  for (int round = 0; round < 2; ++round) {
    const auto body = target.scrape("a{x=\"1\"} 1\na{x=\"2\"} 2\n");
    CHECK(printed_samples(body.series) == Lines{R"({__name__="a", instance="i", job="j"} 1)"});
    CHECK(body.tally.duplicates == 1);
    CHECK(body.tally.added == 2);
    CHECK(body.tally.series_added == (round == 0 ? 1 : 0));
  }
  // One of both texts is enough to go on.
  CHECK(printed_samples(target.scrape("a{x=\"2\"} 3\n").series) ==
        Lines{R"({__name__="a", instance="i", job="j"} 3)"});
  CHECK(printed_samples(target.scrape("").series) ==
        Lines{R"({__name__="a", instance="i", job="j"} stale)"});
  CHECK(target.cache.texts() == 0);
}

TEST_CASE("of two samples with one time the first counts", "[scrape]") {
  Target1 target;
  const std::string at = std::to_string(start);
  const std::string later = std::to_string(start + 1);
  const auto body = target.scrape("a 1 " + at + "\na 2 " + at + "\na 3 " + later + "\n");
  CHECK(body.tally.duplicates == 1);
  CHECK(body.series.size() == 2);
  // What the scrape before had, or what was out of bounds, counts for nothing.
  for (int round = 0; round < 2; ++round)
    CHECK(target.scrape("a 1 5\na 2 " + later + "\n").series.size() == 1);
}

TEST_CASE("a series has at most 10,000 labels as it is written", "[scrape]") {
  Target1 target;
  std::string text = "a{";
  for (int i = 0; i < 10'001; ++i) text += "l" + std::to_string(i) + "=\"\",";
  CHECK(target.scrape(text + "} 1\n").error->message.ends_with("too many labels"));
}

TEST_CASE("a target that fails with new texts forever does not fill the memory", "[scrape]") {
  Target1 target;
  for (int round = 0; round < 20; ++round) {
    std::string body;
    for (int i = 0; i < 500; ++i)
      body += "a{n=\"" + std::to_string(round) + "-" + std::to_string(i) + "\"} 1\n";
    CHECK(target.scrape(body + "broken\n").error.has_value());
    CHECK(target.cache.texts() <= 1'500);
  }
}

TEST_CASE("a scrape reports about itself under the target's labels", "[scrape]") {
  std::vector<SeriesSamples> out;
  ScrapeReport report;
  report.up = true;
  report.seconds = 0.25;
  report.tally = {.scraped = 3, .added = 2, .series_added = 1};
  append_report(report, {{"job", "j"}}, start, out);
  CHECK(printed_samples(out) ==
        Lines{R"({__name__="scrape_duration_seconds", job="j"} 0.25)",
              R"({__name__="scrape_samples_post_metric_relabeling", job="j"} 2)",
              R"({__name__="scrape_samples_scraped", job="j"} 3)",
              R"({__name__="scrape_series_added", job="j"} 1)", R"({__name__="up", job="j"} 1)"});
}

}  // namespace sluice::scrape
