// The flat decoder: what goes the short way, what the long one, and that nothing is lost between.
#include "daemon/ingest/flat_write.h"

#include <catch2/catch_test_macros.hpp>
#include <protozero/pbf_writer.hpp>

using namespace sluice;
using namespace sluice::ingest;

namespace {

constexpr std::int64_t flat_now_ms = 1'768'046'400'000;
using FlatLabels = std::vector<std::pair<std::string, std::string>>;

std::string flat_series(const FlatLabels& labels, std::int64_t timestamp_ms, int extra_field = 0) {
  std::string out;
  protozero::pbf_writer writer(out);
  for (const auto& [name, value] : labels) {
    std::string label;
    protozero::pbf_writer l(label);
    l.add_string(1, name);
    l.add_string(2, value);
    writer.add_message(1, label);
  }
  std::string sample;
  protozero::pbf_writer s(sample);
  s.add_double(1, 7);
  s.add_int64(2, timestamp_ms);
  writer.add_message(2, sample);
  if (extra_field != 0)
    writer.add_message(static_cast<protozero::pbf_tag_type>(extra_field), std::string());
  return out;
}

Result<FlatWrite> decoded(const std::string& body) {
  return decode_flat_write(body, Limits(), from_unix_ns(flat_now_ms * 1'000'000));
}

std::string body_of(const std::vector<std::string>& all) {
  std::string body;
  protozero::pbf_writer writer(body);
  for (const std::string& one : all) writer.add_message(1, one);
  return body;
}

}  // namespace

TEST_CASE("what senders usually send goes the short way") {
  const std::string body =
      body_of({flat_series({{"__name__", "up"}, {"job", "a"}}, flat_now_ms),
               flat_series({{"__name__", "up"}, {"job", "b"}}, flat_now_ms - 1000)});
  const auto write = decoded(body);
  REQUIRE(write.has_value());
  CHECK(write->rest.series.empty());
  REQUIRE(write->samples.series.size() == 2);
  const auto& second = write->samples.series[1];
  CHECK(second.labels == 2);
  CHECK(write->samples.labels[second.first_label + 1].value == "b");
  CHECK(write->samples.samples[second.first_sample].timestamp_ms == flat_now_ms - 1000);
  CHECK(write->samples.samples[second.first_sample].value == 7);
}

TEST_CASE("everything else goes the long way, whole") {
  const FlatLabels good = {{"__name__", "up"}, {"job", "a"}};
  const std::string odd[] = {
      flat_series({{"job", "a"}, {"__name__", "up"}}, flat_now_ms),                // out of order
      flat_series({{"__name__", "up"}, {"job", "a"}, {"job", "b"}}, flat_now_ms),  // twice
      flat_series({{"__name__", "up"}, {"job", ""}}, flat_now_ms),                 // empty
      flat_series({{"job", "a"}}, flat_now_ms),                                    // no name
      flat_series({{"__name__", "not a name"}}, flat_now_ms),                      //
      flat_series({{"__name__", "up"}, {"not-a-name", "a"}}, flat_now_ms),         //
      flat_series({{"__name__", "up"}, {"x", std::string(1 << 20, 'x')}}, flat_now_ms),
      flat_series(good, flat_now_ms + 365LL * 86'400'000),  // the future
      flat_series(good, flat_now_ms, 3),                    // exemplar
      flat_series(good, flat_now_ms, 9),                    // unknown
  };
  for (const std::string& one : odd) {
    INFO(one.substr(0, 60));
    const std::string body = body_of({flat_series(good, flat_now_ms), one});
    const auto write = decoded(body);
    REQUIRE(write.has_value());
    CHECK(write->samples.series.size() == 1);
    CHECK(write->samples.samples.size() == 1);
    CHECK(write->samples.labels.size() == 2);
    REQUIRE(write->rest.series.size() == 1);
    CHECK(write->rest.series[0].samples.size() == 1);
  }
}

TEST_CASE("what is no remote write is refused by the flat decoder too") {
  CHECK(!decoded("\x0A\xFF"));
  CHECK(!decoded(body_of({"\x08\x01"})));
}
