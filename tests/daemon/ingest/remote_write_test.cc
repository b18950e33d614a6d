// Prometheus remote write 1.0: what is stored, and what a wrong write is told.
#include <bit>
#include <catch2/catch_test_macros.hpp>
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
  writer.add_message(4, std::string("\x08\x01", 2));  // a histogram
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
      {{{"__name__", "a b"}}, {{noon_ms, 1}}, "invalid metric name \"a b\""},
      {{{"__name__", "up"}, {"a-b", "c"}}, {{noon_ms, 1}}, "invalid label name \"a-b\""},
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

TEST_CASE_METHOD(Write, "remote write 2.0 and other types are answered with 415") {
  for (const char* type : {"application/x-protobuf;proto=io.prometheus.write.v2.Request",
                           "application/json", "text/plain"}) {
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

TEST_CASE_METHOD(Write, "flush seals what was written") {
  CHECK(write({series({{"__name__", "up"}}, {{noon_ms, 1}})}).status == 204);
  CHECK(post("/flush", "", "").status == 204);
  store().tick();
  CHECK(metric(metrics, "sluice_storage_sample_head_samples") == 0);
  CHECK(samples("up", 0, noon_ms).size() == 1);
}
