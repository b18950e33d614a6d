#include <catch2/catch_test_macros.hpp>

#include "daemon/api/prometheus/answer.h"
#include "daemon/api/prometheus/parameters.h"
#include "tests/daemon/api/prometheus/fixture.h"

namespace sluice::api::test {
namespace {

double absent_stale() { return std::bit_cast<double>(stale_marker_bits); }

class MetadataFixture : public PrometheusFixture {
 public:
  MetadataFixture() {
    add({{"__name__", "up"}, {"job", "a"}}, 10'000, 1);
    add({{"__name__", "up"}, {"job", "b"}}, 50'000, 1);
    add({{"__name__", "load"}, {"host", "h"}}, 50'000, 1);
    samples.add_metadata({"up", "gauge", "Whether \"it\" is up.", ""});
    samples.add_metadata({"bytes", "counter", "Bytes.", "bytes"});
    samples.add_metadata({"bytes", "gauge", "Other.", "bytes"});
  }
};

struct Case {
  const char* target;
  int status;
  const char* body;
};

void check_cases(PrometheusFixture& f, std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    INFO(c.target);
    const auto response = f.get(c.target);
    CHECK(response.status == c.status);
    CHECK(response.body == c.body);
  }
}

TEST_CASE("label names and values", "[api]") {
  MetadataFixture f;
  check_cases(
      f,
      {{"/api/v1/labels", 200, R"({"status":"success","data":["__name__","host","job"]})"},
       {"/api/v1/labels?match[]=up", 200, R"({"status":"success","data":["__name__","job"]})"},
       {"/api/v1/labels?match[]=load&match[]=up%7Bjob%3D%22a%22%7D", 200,
        R"({"status":"success","data":["__name__","host","job"]})"},
       {"/api/v1/labels?limit=1", 200,
        R"({"status":"success","data":["__name__"],)"
        R"("warnings":["results truncated due to limit"]})"},
       {"/api/v1/label/job/values", 200, R"({"status":"success","data":["a","b"]})"},
       {"/api/v1/label/job/values?start=40&end=60", 200, R"({"status":"success","data":["b"]})"},
       {"/api/v1/label/__name__/values", 200, R"({"status":"success","data":["load","up"]})"},
       {"/api/v1/label/nothing/values", 200, R"({"status":"success","data":[]})"},
       {"/api/v1/labels?start=x", 400,
        R"({"status":"error","errorType":"bad_data","error":)"
        R"("invalid parameter \"start\": cannot parse \"x\" to a valid timestamp"})"},
       {"/api/v1/labels?match[]=%7B%7D", 400,
        R"({"status":"error","errorType":"bad_data","error":)"
        R"("invalid parameter \"match[]\": match[] must contain at least one non-empty matcher"})"},
       {"/api/v1/labels?match[]=sum(up)", 400,
        R"({"status":"error","errorType":"bad_data","error":)"
        R"("invalid parameter \"match[]\": \"sum(up)\" is not a series selector"})"}});
}

TEST_CASE("more label values than may be found are refused, by number", "[api]") {
  PrometheusOptions options;
  options.max_series_found = 2;
  PrometheusFixture f(options);
  for (const char* job : {"a", "b", "c"}) f.add({{"__name__", "up"}, {"job", job}}, 1000, 1);
  CHECK(f.get("/api/v1/labels").status == 200);  // two names of three series
  const auto refused = f.get("/api/v1/label/job/values");
  CHECK(refused.status != 200);
  CHECK(refused.body.find("more than 2 are found") != std::string::npos);
  CHECK(f.get("/api/v1/label/job/values?match[]=up%7Bjob!%3D%22a%22%7D").status == 200);
}

TEST_CASE("series", "[api]") {
  MetadataFixture f;
  check_cases(f, {{"/api/v1/series?match[]=up", 200,
                   R"({"status":"success","data":[{"__name__":"up","job":"a"},)"
                   R"({"__name__":"up","job":"b"}]})"},
                  {"/api/v1/series?match[]=up&match[]=%7Bjob%3D%22a%22%7D&limit=1", 200,
                   R"({"status":"success","data":[{"__name__":"up","job":"a"}],)"
                   R"("warnings":["results truncated due to limit"]})"},
                  {"/api/v1/series?match[]=nothing", 200, R"({"status":"success","data":[]})"},
                  {"/api/v1/series", 400,
                   R"({"status":"error","errorType":"bad_data","error":)"
                   R"("no match[] parameter provided"})"}});
}

TEST_CASE("metadata of metric families", "[api]") {
  MetadataFixture f;
  check_cases(
      f, {{"/api/v1/metadata", 200,
           R"({"status":"success","data":{"bytes":[{"type":"counter","help":"Bytes.",)"
           R"("unit":"bytes"},{"type":"gauge","help":"Other.","unit":"bytes"}],"up":[)"
           R"({"type":"gauge","help":"Whether \"it\" is up.","unit":""}]}})"},
          {"/api/v1/metadata?metric=up", 200,
           R"({"status":"success","data":{"up":[{"type":"gauge",)"
           R"("help":"Whether \"it\" is up.","unit":""}]}})"},
          {"/api/v1/metadata?limit=1&limit_per_metric=1", 200,
           R"({"status":"success","data":{"bytes":[{"type":"counter","help":"Bytes.",)"
           R"("unit":"bytes"}]}})"},
          {"/api/v1/metadata?limit=x", 400,
           R"({"status":"error","errorType":"bad_data","error":"limit must be a number"})"}});
}

TEST_CASE("format_query, exemplars and status", "[api]") {
  MetadataFixture f;
  CHECK(f.get("/api/v1/format_query?query=sum%20(up)%2B1").body ==
        R"({"status":"success","data":"sum(up) + 1"})");
  CHECK(f.get("/api/v1/format_query?query=sum(").status == 400);
  CHECK(f.get("/api/v1/query_exemplars?query=up&start=0&end=9").body ==
        R"({"status":"success","data":[]})");
  CHECK(f.get("/api/v1/query_exemplars?query=up&start=9&end=0").status == 400);
  CHECK(f.get("/api/v1/status/buildinfo").body.find(R"("version":"3.0.0")") != std::string::npos);
  CHECK(f.get("/api/v1/status/runtimeinfo").body.find(
            R"("startTime":"1970-01-01T00:01:40Z")") != std::string::npos);
}

TEST_CASE("federation gives the newest samples in the text format", "[api]") {
  PrometheusFixture f;
  f.add({{"__name__", "up"}, {"job", "a\"b"}}, 90'000, 1);
  f.add({{"__name__", "up"}, {"job", "a\"b"}}, 95'500, 0);
  f.add({{"__name__", "bare"}}, 99'000, 2.5);
  f.add({{"__name__", "gone"}, {"job", "x"}}, 99'000, absent_stale());
  const auto answer = f.get("/federate?match[]={job=~\".%2B\"}&match[]=bare&match[]=up");
  CHECK(answer.status == 200);
  CHECK(answer.body ==
        "# TYPE bare untyped\nbare 2.5 99000\n"
        "# TYPE up untyped\nup{job=\"a\\\"b\"} 0 95500\n");
  CHECK(f.get("/federate").body.empty());
  CHECK(f.get("/federate?match[]=sum(up)").status == 400);
}

TEST_CASE("native histograms in answers", "[api]") {
  PrometheusFixture f;
  NativeHistogram histogram;
  histogram.count = 6;
  histogram.sum = 20;
  histogram.zero_count = 1;
  histogram.zero_threshold = 0.25;
  histogram.positive = {{0, 2}, {2, 3}};
  histogram.negative = {{1, 0}};
  const HistogramList list{std::make_shared<const NativeHistogram>(histogram)};
  f.samples.add({{"__name__", "h"}}, {99'000, histogram_value(0)}, list);
  f.samples.add({{"__name__", "h"}}, {98'000, 7}, list);
  const std::string text =
      R"({"count":"6","sum":"20","buckets":[[3,"-0.25","0.25","1"],[0,"0.5","1","2"],)"
      R"([0,"2","4","3"]]})";
  CHECK(f.get("/api/v1/query?query=h&time=99").body.find(
            R"("histogram":[99,)" + text + "]") != std::string::npos);
  const auto range = f.get("/api/v1/query_range?query=h&start=98&end=99&step=1").body;
  CHECK(range.find(R"("values":[[98,"7"]],"histograms":[[99,)" + text + "]]") !=
        std::string::npos);
}

TEST_CASE("times and durations of requests", "[api]") {
  using namespace prometheus;
  CHECK(*parse_time("1.5") == 1500);
  CHECK(*parse_time("-1") == -1000);
  CHECK(*parse_time("2024-02-29T12:00:00.5+01:00") == 1709204400500);
  CHECK_FALSE(parse_time("1e30").has_value());
  CHECK_FALSE(parse_time("NaN").has_value());
  CHECK_FALSE(parse_time("").has_value());
  CHECK(*parse_duration("15") == 15'000);
  CHECK(*parse_duration("0.25") == 250);
  CHECK(*parse_duration("1h30m") == 5'400'000);
  CHECK_FALSE(parse_duration("1 h").has_value());
  CHECK_FALSE(parse_duration("Inf").has_value());

  CHECK(format_seconds(0) == "0");
  CHECK(format_seconds(1'500) == "1.500");
  CHECK(format_seconds(1'005) == "1.005");
  CHECK(format_seconds(-250) == "-0.250");
  CHECK(format_seconds(1709204400500) == "1709204400.500");
}

}  // namespace
}  // namespace sluice::api::test
