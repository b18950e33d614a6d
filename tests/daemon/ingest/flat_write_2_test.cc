// The flat decoder of remote write 2.0: what goes the short way, what the long one, and what both
// refuse.
#include <catch2/catch_test_macros.hpp>
#include <protozero/pbf_writer.hpp>

#include "daemon/ingest/flat_write.h"

using namespace sluice;
using namespace sluice::ingest;

namespace {

constexpr std::int64_t second_now_ms = 1'768'046'400'000;
using References = std::vector<std::uint32_t>;

const std::vector<std::string> table = {
    "", "__name__", "up", "job", "a", "b", "not a name", "help", "latency_bucket", "s"};

struct SecondSeries {
  References references;
  std::int64_t timestamp_ms = second_now_ms;
  int extra_field = 0;
  std::uint32_t type = 0;
  std::uint32_t help = 0;
};

std::string bytes_of(const SecondSeries& series) {
  std::string out;
  protozero::pbf_writer writer(out);
  writer.add_packed_uint32(1, series.references.begin(), series.references.end());
  std::string sample;
  protozero::pbf_writer s(sample);
  s.add_double(1, 7);
  s.add_int64(2, series.timestamp_ms);
  writer.add_message(2, sample);
  std::string metadata;
  protozero::pbf_writer m(metadata);
  m.add_enum(1, static_cast<std::int32_t>(series.type));
  m.add_uint32(3, series.help);
  writer.add_message(5, metadata);
  if (series.extra_field != 0)
    writer.add_message(static_cast<protozero::pbf_tag_type>(series.extra_field), std::string());
  writer.add_int64(6, second_now_ms - 1000);  // when it was created: not used
  return out;
}

std::string body_of_2(const std::vector<SecondSeries>& all) {
  std::string body;
  protozero::pbf_writer writer(body);
  for (const std::string& text : table) writer.add_string(4, text);
  for (const auto& one : all) writer.add_message(5, bytes_of(one));
  return body;
}

Result<FlatWrite> decoded_2(const std::string& body, Limits limits = {}) {
  return decode_flat_write_2(body, limits, from_unix_ns(second_now_ms * 1'000'000));
}

Result<FlatWrite> the_long_way(const std::string& body) {
  Limits limits;
  limits.labels_per_series = 0;
  return decoded_2(body, limits);
}

}  // namespace

TEST_CASE("what senders of 2.0 usually send goes the short way, its metadata as well") {
  const std::string body = body_of_2({{{1, 2, 3, 4}, second_now_ms, 0, 2, 7},
                                      {{1, 2, 3, 5}, second_now_ms - 1000, 0, 2, 7},
                                      {{1, 8}, second_now_ms, 0, 3, 7}});
  const auto write = decoded_2(body);
  REQUIRE(write.has_value());
  CHECK(write->rest.series.empty());
  REQUIRE(write->samples.series.size() == 3);
  const auto& second = write->samples.series[1];
  CHECK(second.labels == 2);
  CHECK(write->samples.labels[second.first_label + 1].name == "job");
  CHECK(write->samples.labels[second.first_label + 1].value == "b");
  CHECK(write->samples.samples[second.first_sample].timestamp_ms == second_now_ms - 1000);
  REQUIRE(write->rest.metadata.size() == 2);
  CHECK(write->rest.metadata[0].family == "up");
  CHECK(write->rest.metadata[0].type == "gauge");
  CHECK(write->rest.metadata[0].help == "help");
  CHECK(write->rest.metadata[1].family == "latency");

  const auto again = the_long_way(body);
  REQUIRE(again.has_value());
  CHECK(again->samples.series.empty());
  REQUIRE(again->rest.series.size() == 3);
  CHECK(again->rest.series[1].labels == std::vector<Label>{{"__name__", "up"}, {"job", "b"}});
  CHECK(again->rest.metadata.size() == 2);
}

TEST_CASE("every other series of 2.0 goes the long way, whole") {
  const SecondSeries good = {{1, 2, 3, 4}};
  const SecondSeries odd[] = {
      {{3, 4, 1, 2}},                                      // out of order
      {{1, 2, 3, 4, 3, 5}},                                // twice
      {{1, 2, 3, 0}},                                      // empty
      {{3, 4}},                                            // no name
      {{1, 6}},                                            // not an old name
      {{1, 2, 6, 4}},                                      //
      {{}},                                                // nothing
      {{1, 2, 3, 4}, second_now_ms + 365LL * 86'400'000},  // the future
      {{1, 2, 3, 4}, second_now_ms, 3},                    // histogram
      {{1, 2, 3, 4}, second_now_ms, 4},                    // exemplar
  };
  for (const SecondSeries& one : odd) {
    const auto write = decoded_2(body_of_2({good, one}));
    REQUIRE(write.has_value());
    CHECK(write->samples.series.size() == 1);
    CHECK(write->samples.samples.size() == 1);
    CHECK(write->samples.labels.size() == 2);
    REQUIRE(write->rest.series.size() == 1);
    CHECK(!write->rest.series[0].samples.empty());
  }
}

TEST_CASE("what is no request of 2.0 is refused by both ways, in the same words") {
  const SecondSeries good = {{1, 2, 3, 4}};
  const std::string bodies[] = {
      body_of_2({good, {{1, 2, 3}}}),                        // odd
      body_of_2({good, {{1, 2, 3, 99}}}),                    // not in the table
      body_of_2({{{1, 2, 3, 4}, second_now_ms, 0, 2, 99}}),  // nor its help
      "\x2A\xFF",                                            // cut
      "\x2A\x02\x0D\x01",                                    // references of another type
  };
  for (const std::string& body : bodies) {
    const auto write = decoded_2(body);
    const auto again = the_long_way(body);
    REQUIRE(!write.has_value());
    REQUIRE(!again.has_value());
    CHECK(write.error().message == again.error().message);
  }
}
