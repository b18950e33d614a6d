#include "agent/scrape/scrape_encode.h"

#include <catch2/catch_test_macros.hpp>
#include <protozero/pbf_reader.hpp>

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

std::string read_one(protozero::pbf_reader reader) {
  std::string out;
  while (reader.next())
    out +=
        (reader.tag() == 1 ? read_pair(reader.get_message()) : read_point(reader.get_message())) +
        " ";
  return out;
}

std::string read_family(protozero::pbf_reader reader) {
  std::string out;
  while (reader.next())
    out += (reader.tag() == 1 ? std::to_string(reader.get_enum()) : reader.get_string()) + " ";
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

TEST_CASE("a large scrape is sent in several bodies", "[scrape]") {
  scrape::ScrapeWrite write;
  for (std::size_t i = 0; i < 2 * series_per_body + 1; ++i)
    write.series.push_back({{{"__name__", "x" + std::to_string(i)}}, {{1'000, 4}}});
  write.metadata.push_back({"x", "no such type", "", ""});
  const auto bodies = encode_scrape(write, {});
  REQUIRE(bodies.size() == 3);
  CHECK(bodies[0].samples == series_per_body);
  CHECK(bodies[2].samples == 1);
  CHECK(read_body(bodies[0]).families.size() == 1);
  CHECK(read_body(bodies[2]).series.size() == 1);
  CHECK(encode_scrape({}, {}).empty());
}

}  // namespace sluice::agent
