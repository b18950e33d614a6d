#include "agent/scrape/scrape_encode.h"

#include <catch2/catch_test_macros.hpp>
#include <protozero/pbf_reader.hpp>

#include "agent/ship/write_bodies.h"
#include "base/codec/json_writer.h"

namespace sluice::agent {
namespace {

struct Read {
  std::vector<std::string> series;  // labels as sent, then value @ time
  std::vector<std::string> families;
};

std::string read_pair(protozero::pbf_reader reader) {
  std::string name;
  std::string value;
  while (reader.next()) {
    auto& part = reader.tag() == 1 ? name : value;
    part = reader.get_string();
  }
  return name + "=" + value;
}

std::string read_point(protozero::pbf_reader reader) {
  double value = 0;
  std::int64_t ms = 0;
  while (reader.next()) {
    if (reader.tag() == 1)
      value = reader.get_double();
    else
      ms = reader.get_int64();
  }
  return std::to_string(static_cast<int>(value)) + "@" + std::to_string(ms);
}

std::string read_sent_exemplar(protozero::pbf_reader reader) {
  std::string out = "{";
  double value = 0;
  while (reader.next()) {
    if (reader.tag() == 1)
      out += read_pair(reader.get_message()) + " ";
    else if (reader.tag() == 2)
      value = reader.get_double();
    else
      out += std::to_string(static_cast<int>(value)) + "@" + std::to_string(reader.get_int64());
  }
  return out + "}";
}

std::string read_one(protozero::pbf_reader reader) {
  std::string out;
  while (reader.next()) {
    const auto field = reader.tag();
    const auto message = reader.get_message();
    out += (field == 1   ? read_pair(message)
            : field == 3 ? read_sent_exemplar(message)
                         : read_point(message)) +
           " ";
  }
  return out;
}

std::string read_family(protozero::pbf_reader reader) {
  std::string out;
  while (reader.next())
    out += (reader.tag() == 1 ? std::to_string(reader.get_enum()) : reader.get_string()) + " ";
  return out;
}

std::string read_span(protozero::pbf_reader reader) {
  std::int32_t offset = 0;
  std::uint32_t length = 0;
  while (reader.next()) {
    if (reader.tag() == 1)
      offset = reader.get_sint32();
    else
      length = reader.get_uint32();
  }
  return "span=" + std::to_string(offset) + "+" + std::to_string(length) + " ";
}

std::string read_counts(protozero::pbf_reader& reader) {
  std::string out = "counts=";
  for (const double count : reader.get_packed_double()) out += format_sample_value(count) + ",";
  out.back() = ' ';
  return out;
}

// What is not zero.
std::string read_histogram(protozero::pbf_reader reader) {
  std::string out;
  while (reader.next()) {
    switch (reader.tag()) {
      case 2: out += "count=" + format_sample_value(reader.get_double()) + " "; break;
      case 3: out += "sum=" + format_sample_value(reader.get_double()) + " "; break;
      case 4: out += "schema=" + std::to_string(reader.get_sint32()) + " "; break;
      case 11: out += read_span(reader.get_message()); break;
      case 13: out += read_counts(reader); break;
      case 15: out += "at=" + std::to_string(reader.get_int64()) + " "; break;
      default: reader.skip();
    }
  }
  return out;
}

Read read_body(const WriteBody& body) {
  Read out;
  protozero::pbf_reader reader(body.protobuf);
  while (reader.next()) {
    if (reader.tag() == 1)
      out.series.push_back(read_one(reader.get_message()));
    else
      out.families.push_back(read_family(reader.get_message()));
  }
  return out;
}

}  // namespace

TEST_CASE("scraped samples are sent with external labels beside their own", "[scrape]") {
  scrape::ScrapeWrite write;
  write.series.push_back({{{"__name__", "x"}, {"job", "j"}, {"z", "own"}}, {{1'000, 4}}});
  write.metadata.push_back({"x", "counter", "about x", "seconds"});
  const auto bodies = encode_scrape(write, {{"a", "1"}, {"k", "2"}, {"z", "3"}});
  REQUIRE(bodies.size() == 1);
  CHECK(bodies[0].samples == 1);
  const auto read = read_body(bodies[0]);
  CHECK(read.series == std::vector<std::string>{"__name__=x a=1 job=j k=2 z=own 4@1000 "});
  CHECK(read.families == std::vector<std::string>{"1 x about x seconds "});
}

TEST_CASE("exemplars are sent with their series, without external labels", "[scrape]") {
  scrape::ScrapeWrite write;
  for (const char* name : {"x", "y", "z"})
    write.series.push_back({{{"__name__", name}}, {{1'000, 4}}});
  write.exemplars = {{{{"__name__", "y"}}, {{{{"trace_id", "ab"}}, 7, 999}}},
                     {{{"__name__", "z"}}, {{{{"trace_id", "cd"}}, 8, 998}}}};
  const auto bodies = encode_scrape(write, {{"a", "1"}});
  REQUIRE(bodies.size() == 1);
  CHECK(read_body(bodies[0]).series ==
        std::vector<std::string>{"__name__=x a=1 4@1000 ",
                                 "__name__=y a=1 4@1000 {trace_id=ab 7@999} ",
                                 "__name__=z a=1 4@1000 {trace_id=cd 8@998} "});
}

TEST_CASE("native histograms are sent as spans and counts", "[scrape]") {
  NativeHistogram histogram;
  histogram.schema = 2;
  histogram.count = 7;
  histogram.sum = 1.5;
  histogram.positive = {{-1, 1}, {0, 2}, {5, 4}};
  scrape::ScrapeWrite write;
  SeriesSamples& series = write.series.emplace_back();
  series.labels = {{"__name__", "h"}};
  const double value =
      add_histogram(series.histograms, std::make_shared<const NativeHistogram>(histogram));
  series.samples = {{1'000, value}};
  const auto bodies = encode_scrape(write, {});
  REQUIRE(bodies.size() == 1);
  protozero::pbf_reader request(bodies[0].protobuf);
  REQUIRE(request.next(1));
  auto message = request.get_message();
  REQUIRE(message.next(4));
  CHECK(read_histogram(message.get_message()) ==
        "count=7 sum=1.5 schema=2 span=-1+2 span=4+1 counts=1,2,4 at=1000 ");
}

TEST_CASE("a large scrape is sent in several bodies", "[scrape]") {
  scrape::ScrapeWrite write;
  for (std::size_t i = 0; i < 2 * series_per_body + 1; ++i)
    write.series.push_back({{{"__name__", "x" + std::to_string(i)}}, {{1'000, 4}}});
  write.metadata.push_back({"x", "no such type", "", ""});
  const auto bodies = encode_scrape(write, {});
  REQUIRE(bodies.size() == 3);
  CHECK(bodies[0].samples == series_per_body);
  CHECK(bodies[2].samples == 1);
  CHECK(read_body(bodies[0]).families.empty());
  CHECK(read_body(bodies[2]).families.size() == 1);
  CHECK(read_body(bodies[2]).series.size() == 1);
  CHECK(encode_scrape({}, {}).empty());
}

TEST_CASE("a body ends at about 4 MiB", "[scrape]") {
  scrape::ScrapeWrite write;
  for (int i = 0; i < 100; ++i)
    write.series.push_back(
        {{{"__name__", "x" + std::to_string(i)}, {"long", std::string(60'000, 'l')}}, {{1, 1}}});
  for (int i = 0; i < 100; ++i)
    write.metadata.push_back({"f" + std::to_string(i), "gauge", std::string(60'000, 'h'), ""});
  const auto bodies = encode_scrape(write, {});
  REQUIRE(bodies.size() == 3);
  std::size_t samples = 0;
  for (const auto& body : bodies) {
    CHECK(body.protobuf.size() < body_bytes + 100'000);
    samples += body.samples;
  }
  CHECK(samples == 100);
}

}  // namespace sluice::agent
