// Prometheus remote write 1.0: what is stored, and what a wrong write is told.
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_range_equals.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <protozero/pbf_writer.hpp>

#include "tests/daemon/ingest/ingest_fixture.h"

using namespace sluice;
using namespace sluice::ingest::test;
using namespace sluice::storage::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::int64_t noon_ms = noon / 1'000'000;
using Labels = std::vector<std::pair<std::string, std::string>>;
using Samples = std::vector<std::pair<std::int64_t, double>>;

std::string series(const Labels& labels, const Samples& samples) {
  std::string out;
  protozero::pbf_writer writer(out);
  for (const auto& [name, value] : labels) {
    std::string label;
    protozero::pbf_writer l(label);
    l.add_string(1, name);
    l.add_string(2, value);
    writer.add_message(1, label);
  }
  for (const auto& [timestamp, value] : samples) {
    std::string sample;
    protozero::pbf_writer s(sample);
    s.add_double(1, value);
    s.add_int64(2, timestamp);
    writer.add_message(2, sample);
  }
  return out;
}

std::string request_of(const std::vector<std::string>& all_series) {
  std::string out;
  protozero::pbf_writer writer(out);
  for (const auto& one : all_series) writer.add_message(1, one);
  std::string metadata;
  protozero::pbf_writer m(metadata);
  m.add_enum(1, 1);
  m.add_string(2, "up");
  m.add_string(4, "Is it up");
  writer.add_message(3, metadata);
  return out;
}

class Write : public IngestFixture {
 public:
  http::Response write(const std::vector<std::string>& all_series,
                       const std::string& type = "application/x-protobuf") {
    return post("/api/v1/write", type, snappy_compress(request_of(all_series)));
  }
  http::Response write_2(const std::string& body) {
    return post("/api/v1/write", "application/x-protobuf;proto=io.prometheus.write.v2.Request",
                snappy_compress(body));
  }
  double skipped(const std::string& reason) {
    return metric(metrics, R"(sluice_ingest_skipped_total{kind="exemplar",protocol="remote_write",)"
                           R"(reason=")" +
                               reason + "\"}");
  }
};

}  // namespace

TEST_CASE_METHOD(Write, "samples, stale markers and metadata are stored") {
  const double stale = std::bit_cast<double>(stale_marker_bits);
  CHECK(write({series({{"__name__", "up"}, {"job", "a"}}, {{noon_ms - 1000, 1}, {noon_ms, stale}})})
            .status == 204);
  const auto found = samples("up", 0, noon_ms);
  REQUIRE(found.size() == 1);
  CHECK(found[0].labels == LabelSet{{"__name__", "up"}, {"job", "a"}});
  REQUIRE(found[0].samples.size() == 2);
  CHECK(std::bit_cast<std::uint64_t>(found[0].samples[1].value) == stale_marker_bits);
  const auto metadata = store().samples().metadata(tenant);
  REQUIRE((metadata && metadata->size() == 1));
  CHECK((*metadata)[0].type == "counter");
  CHECK((*metadata)[0].help == "Is it up");
}

TEST_CASE_METHOD(Write, "series that break a rule are refused one by one") {
  struct Case {
    Labels labels;
    Samples samples;
    const char* says;
  };
  const Case cases[] = {
      {{{"job", "a"}}, {{noon_ms, 1}}, "no label __name__"},
      {{{"__name__", "a\xff"}}, {{noon_ms, 1}}, "invalid metric name \"a"},
      {{{"__name__", "up"}, {"a\xc0", "c"}}, {{noon_ms, 1}}, "invalid label name \"a"},
      {{{"__name__", "up"}, {"a", "1"}, {"a", "2"}}, {{noon_ms, 1}}, "label \"a\" is there twice"},
      {{{"__name__", "up"}}, {{noon_ms + 660'000, 1}}, "in the future"},
      {{{"__name__", "up"}}, {{1, 1}}, "older than what is kept"},
  };
  std::size_t good = 0;
  for (const auto& [labels, bad_samples, says] : cases) {
    INFO(says);
    const auto response = write(
        {series(labels, bad_samples), series({{"__name__", "good"}}, {{noon_ms + ++good, 1}})});
    CHECK(response.status == 400);
    CHECK_THAT(response.body, ContainsSubstring(says));
    CHECK(samples("good", 0, noon_ms + 100).at(0).samples.size() == good);
  }
}

namespace {

// schema 0, buckets 0 and 1 with 1 and 3 observations, bucket 4 with 2
std::string histogram(std::int64_t timestamp_ms, std::int32_t schema = 0, double sum = 20) {
  std::string out;
  protozero::pbf_writer h(out);
  h.add_uint64(1, 6);
  h.add_double(3, sum);
  h.add_sint32(4, schema);
  h.add_double(5, 0.001);
  h.add_uint64(6, 0);
  for (const auto& [offset, length] : {std::pair{0, 2U}, {2, 1U}}) {
    std::string span;
    protozero::pbf_writer s(span);
    s.add_sint32(1, offset);
    s.add_uint32(2, length);
    h.add_message(11, span);
  }
  const std::int64_t deltas[] = {1, 2, -1};
  h.add_packed_sint64(12, std::begin(deltas), std::end(deltas));
  h.add_int64(15, timestamp_ms);
  return out;
}

std::string series_with(const Labels& labels, const std::vector<std::string>& histograms) {
  std::string out = series(labels, {});
  protozero::pbf_writer writer(out);
  for (const auto& one : histograms) writer.add_message(4, one);
  return out;
}

// Remote write 2.0: one series of every kind, with metadata.
std::string request_2() {
  std::string out;
  protozero::pbf_writer writer(out);
  for (const char* symbol : {"", "__name__", "up", "job", "a", "Is it up", "h"})
    writer.add_string(4, symbol);
  std::string up;
  protozero::pbf_writer u(up);
  const std::uint32_t labels[] = {1, 2, 3, 4};
  u.add_packed_uint32(1, std::begin(labels), std::end(labels));
  std::string sample;
  protozero::pbf_writer s(sample);
  s.add_double(1, 7);
  s.add_int64(2, noon_ms);
  u.add_message(2, sample);
  std::string metadata;
  protozero::pbf_writer m(metadata);
  m.add_enum(1, 2);
  m.add_uint32(3, 5);
  u.add_message(5, metadata);
  writer.add_message(5, up);
  std::string second;
  protozero::pbf_writer h(second);
  const std::uint32_t name[] = {1, 6};
  h.add_packed_uint32(1, std::begin(name), std::end(name));
  h.add_message(3, histogram(noon_ms));
  writer.add_message(5, second);
  return out;
}

}  // namespace

TEST_CASE_METHOD(Write, "native histograms are stored, over seals and merges") {
  const auto one = series_with({{"__name__", "h"}},
                               {histogram(noon_ms - 2000), histogram(noon_ms - 1000, 0, 25)});
  CHECK(write({one}).status == 204);
  CHECK(write({one}).status == 204);  // the same again is no conflict
  CHECK(metric(metrics, "sluice_storage_sample_conflicts_total") == 0);
  for (int round = 0; round < 3; ++round) {
    const auto found = samples("h", 0, noon_ms);
    REQUIRE((found.size() == 1 && found[0].samples.size() == 2));
    const auto& last = found[0].samples[1];
    REQUIRE((is_histogram(last.value) && found[0].histograms.size() == 2));
    const NativeHistogram& read = *found[0].histograms[histogram_place(last.value)];
    CHECK(read.count == 6);
    CHECK(read.sum == 25);
    CHECK(read.positive == HistogramBuckets{{0, 1}, {1, 3}, {4, 2}});
    CHECK(read.hint == CounterReset::not_reset);
    if (round == 0) CHECK(post("/flush", "", "").status == 204);
    if (round == 1) reopen();
  }
}

TEST_CASE_METHOD(Write, "a histogram that cannot be is refused and the rest stored") {
  auto one = series({{"__name__", "h"}}, {{noon_ms - 5, 1}});
  protozero::pbf_writer writer(one);
  writer.add_message(4, histogram(noon_ms, 99));
  const auto response = write({one});
  CHECK(response.status == 400);
  CHECK_THAT(response.body, ContainsSubstring("native histogram: unknown schema"));
  CHECK(samples("h", 0, noon_ms).at(0).samples.size() == 1);
}

TEST_CASE_METHOD(Write, "a histogram's stale marker is the series' stale marker") {
  const double stale = std::bit_cast<double>(stale_marker_bits);
  CHECK(write({series_with({{"__name__", "h"}}, {histogram(noon_ms, 0, stale)})}).status == 204);
  const auto found = samples("h", 0, noon_ms);
  REQUIRE((found.size() == 1 && found[0].samples.size() == 1));
  CHECK(std::bit_cast<std::uint64_t>(found[0].samples[0].value) == stale_marker_bits);
}

TEST_CASE_METHOD(Write, "remote write 2.0 with its statistics") {
  const std::string type = "application/x-protobuf;proto=io.prometheus.write.v2.Request";
  const auto response = post("/api/v1/write", type, snappy_compress(request_2()));
  CHECK(response.status == 204);
  CHECK(response.headers.get("X-Prometheus-Remote-Write-Samples-Written") == "1");
  CHECK(response.headers.get("X-Prometheus-Remote-Write-Histograms-Written") == "1");
  CHECK(response.headers.get("X-Prometheus-Remote-Write-Exemplars-Written") == "0");
  CHECK(samples("up", 0, noon_ms).at(0).labels == LabelSet{{"__name__", "up"}, {"job", "a"}});
  CHECK(samples("h", 0, noon_ms).at(0).histograms.size() == 1);
  const auto metadata = store().samples().metadata(tenant);
  REQUIRE((metadata && metadata->size() == 1));
  CHECK((*metadata)[0].family == "up");
  CHECK((*metadata)[0].type == "gauge");
  CHECK((*metadata)[0].help == "Is it up");
}

namespace {

// One series "up" of a sample, that says `own` of its type itself, with metadata of this type and
// unit.
std::string request_2_of_kind(std::uint32_t type, const char* unit, const char* own) {
  std::string out;
  protozero::pbf_writer writer(out);
  for (const char* symbol : {"", "__name__", "up", "__type__", own, unit})
    writer.add_string(4, symbol);
  std::string sample;
  protozero::pbf_writer s(sample);
  s.add_double(1, 1);
  s.add_int64(2, noon_ms);
  std::string metadata;
  protozero::pbf_writer m(metadata);
  m.add_enum(1, static_cast<std::int32_t>(type));
  m.add_uint32(4, 5);
  std::string up;
  protozero::pbf_writer u(up);
  const std::uint32_t labels[] = {1, 2, 3, 4};
  u.add_packed_uint32(1, std::begin(labels), std::end(labels));
  u.add_message(2, sample);
  u.add_message(5, metadata);
  writer.add_message(5, up);
  return out;
}

}  // namespace

TEST_CASE_METHOD(Write, "metadata of 2.0 becomes labels where wanted") {
  const auto labels_of = [&](std::uint32_t type, const char* unit, const char* own) {
    CHECK(write_2(request_2_of_kind(type, unit, own)).status == 204);
    std::vector<LabelSet> found;
    for (const auto& one : samples("up", 0, noon_ms)) found.push_back(one.labels);
    return found;
  };
  const LabelSet plain{{"__name__", "up"}};
  const LabelSet own{{"__name__", "up"}, {"__type__", "own"}};
  const LabelSet gauge{{"__name__", "up"}, {"__type__", "gauge"}, {"__unit__", "s"}};
  const LabelSet unit_only{{"__name__", "up"}, {"__unit__", "s"}};
  using Catch::Matchers::UnorderedRangeEquals;
  CHECK_THAT(labels_of(2, "s", "own"), UnorderedRangeEquals(std::vector{own}));
  limits.type_and_unit_labels = true;
  CHECK_THAT(labels_of(2, "s", "other"), UnorderedRangeEquals(std::vector{own, gauge}));
  CHECK_THAT(labels_of(0, "s", "other"), UnorderedRangeEquals(std::vector{own, gauge, unit_only}));
  // Metadata that says nothing leaves the series as it is.
  CHECK_THAT(labels_of(0, "", ""), UnorderedRangeEquals(std::vector{own, gauge, unit_only, plain}));
  // 1.0 has no metadata beside a series.
  CHECK(write({series({{"__name__", "up"}, {"v", "1"}}, {{noon_ms, 1}})}).status == 204);
  CHECK_THAT(labels_of(0, "", ""),
             UnorderedRangeEquals(std::vector{own, gauge, unit_only, plain,
                                              LabelSet{{"__name__", "up"}, {"v", "1"}}}));
}

namespace {

std::string with_exemplar(std::string series_bytes, const std::string& trace, double value,
                          std::int64_t timestamp_ms = noon_ms) {
  std::string label;
  protozero::pbf_writer l(label);
  l.add_string(1, "trace_id");
  l.add_string(2, trace);
  std::string exemplar;
  protozero::pbf_writer e(exemplar);
  e.add_message(1, label);
  e.add_double(2, value);
  e.add_int64(3, timestamp_ms);
  protozero::pbf_writer(series_bytes).add_message(3, exemplar);
  return series_bytes;
}

std::string request_2_with_exemplar() {
  std::string out;
  protozero::pbf_writer writer(out);
  for (const char* symbol : {"", "__name__", "up", "trace_id", "ab"}) writer.add_string(4, symbol);
  std::string exemplar;
  protozero::pbf_writer e(exemplar);
  const std::uint32_t trace[] = {3, 4};
  e.add_packed_uint32(1, std::begin(trace), std::end(trace));
  e.add_double(2, 0.5);
  e.add_int64(3, noon_ms);
  std::string up;
  protozero::pbf_writer u(up);
  const std::uint32_t labels[] = {1, 2};
  u.add_packed_uint32(1, std::begin(labels), std::end(labels));
  u.add_message(4, exemplar);
  writer.add_message(5, up);
  return out;
}

}  // namespace

TEST_CASE_METHOD(Write, "exemplars are stored with their series") {
  const auto up = series({{"__name__", "up"}}, {{noon_ms, 1}});
  CHECK(write({with_exemplar(with_exemplar(up, "ab", 0.5), std::string(200, 'x'), 2)}).status ==
        204);
  CHECK(write({with_exemplar(series({{"job", "no name"}}, {}), "cd", 1)}).status == 400);
  CHECK(skipped("invalid") == 1);
  CHECK(skipped("refused_series") == 1);
  const auto name = matchers({{"__name__", query::MatchOp::equal, "up"}});
  const std::vector<Exemplar> expected = {{{{"trace_id", "ab"}}, 0.5, noon_ms}};
  auto found = *store().exemplars().exemplars(tenant, {name}, 0, noon_ms);
  REQUIRE(found.size() == 1);
  CHECK(found[0].exemplars == expected);

  const auto response =
      post("/api/v1/write", "application/x-protobuf;proto=io.prometheus.write.v2.Request",
           snappy_compress(request_2_with_exemplar()));
  CHECK(response.status == 204);
  CHECK(response.headers.get("X-Prometheus-Remote-Write-Exemplars-Written") == "1");
  found = *store().exemplars().exemplars(tenant, {name}, 0, noon_ms);
  CHECK(found[0].exemplars == expected);  // it was there already
}

TEST_CASE_METHOD(Write, "exemplars are bound to the accepted time as samples are") {
  auto up = series({{"__name__", "up"}}, {{noon_ms, 1}});
  up = with_exemplar(up, "future", 1, noon_ms + 660'000);
  up = with_exemplar(up, "past", 1, noon_ms - 31LL * 86'400'000);
  up = with_exemplar(up, "untimed", 1, 0);
  CHECK(write({with_exemplar(up, "now", 1)}).status == 204);
  CHECK(skipped("out_of_bounds") == 3);
  const auto name = matchers({{"__name__", query::MatchOp::equal, "up"}});
  const auto found = *store().exemplars().exemplars(tenant, {name}, INT64_MIN, INT64_MAX);
  REQUIRE(found.size() == 1);
  CHECK(found[0].exemplars == std::vector<Exemplar>{{{{"trace_id", "now"}}, 1, noon_ms}});
}

TEST_CASE_METHOD(Write, "samples, histograms and exemplars of one write are bound together") {
  limits.samples_per_write = 4;
  const Samples two = {{noon_ms - 1, 1}, {noon_ms, 1}};
  const auto flat = series({{"__name__", "up"}}, two);
  auto mixed = series_with({{"__name__", "h"}}, {histogram(noon_ms)});
  mixed = with_exemplar(mixed, "ab", 1);
  CHECK(write({flat, mixed}).status == 204);
  for (const std::string& one : {with_exemplar(mixed, "cd", 1), flat + mixed}) {
    const auto response = write({flat, one});
    CHECK(response.status == 400);
    CHECK_THAT(response.body, ContainsSubstring("more than 4 samples and exemplars"));
  }
  limits.samples_per_write = 1;
  CHECK(write_2(request_2()).status == 400);
}

TEST_CASE_METHOD(Write, "a small message that would be a large one is refused while decoding") {
  const auto repeated = [](std::string_view two_bytes, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += two_bytes;
    return out;
  };
  const auto field = [](protozero::pbf_tag_type number, const std::string& message) {
    std::string out;
    protozero::pbf_writer(out).add_message(number, message);
    return out;
  };
  limits.samples_per_write = 100'000'000;
  constexpr std::size_t many = 1 << 20;
  const std::string empties[] = {
      repeated({"\x0a\0", 2}, many),            // series
      field(1, repeated({"\x0a\0", 2}, many)),  // labels
      field(1, repeated({"\x1a\0", 2}, many)),  // exemplars
      field(1, repeated({"\x22\0", 2}, many)),  // histograms
      field(1, field(3, repeated({"\x0a\0", 2}, many))),
      repeated({"\x1a\0", 2}, many),  // metadata
  };
  for (const std::string& body : empties) {
    const auto response = post("/api/v1/write", "", snappy_compress(body));
    CHECK(response.status == 400);
    CHECK_THAT(response.body, ContainsSubstring("bytes decoded; send smaller batches"));
  }
  // One long text, named by each of many labels.
  const std::string text = field(4, std::string(100'000, 'x'));
  const std::string empties_2[] = {
      repeated({"\x2a\0", 2}, many),            // series
      field(5, repeated({"\x22\0", 2}, many)),  // exemplars
      field(5, repeated({"\x1a\0", 2}, many)),  // histograms
      text + field(5, field(1, std::string(10'000, '\0'))),
      text + field(5, field(4, field(1, std::string(10'000, '\0')))),
  };
  for (const std::string& body : empties_2) {
    const auto response = write_2(body);
    CHECK(response.status == 400);
    CHECK_THAT(response.body, ContainsSubstring("bytes decoded; send smaller batches"));
  }
  CHECK(samples("up", 0, noon_ms).empty());
}

TEST_CASE_METHOD(Write, "names may be any UTF-8") {
  CHECK(write({series({{"__name__", "http.requests"}, {"k\xc3\xb6 ln", "x"}}, {{noon_ms, 1}})})
            .status == 204);
  CHECK(samples("http.requests", 0, noon_ms).at(0).labels ==
        LabelSet{{"__name__", "http.requests"}, {"k\xc3\xb6 ln", "x"}});
}

TEST_CASE_METHOD(Write, "a symbol that is not there refuses a write 2.0") {
  std::string body;
  protozero::pbf_writer writer(body);
  std::string one;
  protozero::pbf_writer s(one);
  const std::uint32_t labels[] = {7, 8};
  s.add_packed_uint32(1, std::begin(labels), std::end(labels));
  writer.add_message(5, one);
  const auto response =
      post("/api/v1/write", "application/x-protobuf;proto=io.prometheus.write.v2.Request",
           snappy_compress(body));
  CHECK(response.status == 400);
  CHECK_THAT(response.body, ContainsSubstring("symbol is not in the table"));
}

TEST_CASE_METHOD(Write, "other types are answered with 415") {
  for (const char* type :
       {"application/x-protobuf;proto=some.other.Message", "application/json", "text/plain"}) {
    const auto response = write({series({{"__name__", "up"}}, {{noon_ms, 1}})}, type);
    CHECK(response.status == 415);
    CHECK_THAT(response.body, ContainsSubstring("1.0"));
  }
  CHECK(write({series({{"__name__", "up"}}, {{noon_ms, 1}})},
              "application/x-protobuf;proto=prometheus.WriteRequest")
            .status == 204);
}

TEST_CASE_METHOD(Write, "a write cut anywhere is refused") {
  const auto body = request_of({series({{"__name__", "up"}}, {{noon_ms, 1}})});
  const auto packed = snappy_compress(body);
  for (std::size_t n = 0; n < packed.size(); ++n)
    CHECK(post("/api/v1/write", "application/x-protobuf", packed.substr(0, n)).status == 400);
  CHECK_THAT(post("/api/v1/write", "", "no snappy").body, ContainsSubstring("snappy"));
  CHECK(samples("up", 0, noon_ms).empty());
}

TEST_CASE_METHOD(Write, "a write with new series past their number is stored in part") {
  options.active_series = 1;
  reopen();
  http::Router router;
  ingest::add_routes(router, store(), clock, metrics, limits);
  http::Request request;
  request.method = "POST";
  request.path = "/api/v1/write";
  request.tenant = tenant;
  request.body = snappy_compress(request_of({series({{"__name__", "up"}}, {{noon_ms, 1}}),
                                             series({{"__name__", "down"}}, {{noon_ms, 1}})}));
  const auto response = router.dispatch(std::move(request));
  CHECK(response.status == 400);
  CHECK_THAT(response.body,
             ContainsSubstring("1 of 2 samples refused:\ntoo many series: 1 sample"));
  CHECK(samples("up", 0, noon_ms).size() == 1);
  CHECK(samples("down", 0, noon_ms).empty());
  CHECK_THAT(metrics.serialize(), ContainsSubstring(R"(reason="too_many_series"} 1)"));
}

TEST_CASE_METHOD(Write, "flush seals what was written") {
  CHECK(write({series({{"__name__", "up"}}, {{noon_ms, 1}})}).status == 204);
  CHECK(post("/flush", "", "").status == 204);
  store().tick();
  CHECK(metric(metrics, "sluice_storage_sample_head_samples") == 0);
  CHECK(samples("up", 0, noon_ms).size() == 1);
}
