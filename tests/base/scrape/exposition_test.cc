#include "base/scrape/exposition.h"

#include <cmath>

#include "base/codec/json_writer.h"
#include "base/scrape/negotiation.h"
#include "tests/base/scrape/cases.h"

namespace sluice::scrape {
namespace {

std::string printed_series(const ExposedEntry& entry) {
  const auto labels = parse_series(entry.series);
  if (!labels) return "error " + labels.error().message + "\n";
  std::string out = LabelSet::from(*labels).to_string() + " " + format_sample_value(entry.value);
  if (entry.timestamp_ms) out += " @" + std::to_string(*entry.timestamp_ms);
  return out + (entry.exemplars.empty() ? "\n" : " exemplar\n");
}

// Everything a body says, one line per entry; an error ends it.
std::string printed(std::string_view body, ExpositionFormat format) {
  ExpositionReader reader(body, format);
  std::string out;
  while (true) {
    const auto entry = reader.next();
    if (!entry) return out + "error " + entry.error().message + "\n";
    switch (entry->kind) {
      case ExposedEntry::Kind::end: return out;
      case ExposedEntry::Kind::series: out += printed_series(*entry); break;
      case ExposedEntry::Kind::type:
        out += "type " + entry->family + " " + entry->text + "\n";
        break;
      case ExposedEntry::Kind::help:
        out += "help " + entry->family + " " + entry->text + "\n";
        break;
      case ExposedEntry::Kind::unit:
        out += "unit " + entry->family + " " + entry->text + "\n";
        break;
    }
  }
}

}  // namespace

TEST_CASE("the text format is read as the cases say", "[exposition]") {
  for (const auto& one : test::read_cases("text_format.cases")) {
    CAPTURE(one.title);
    CHECK(printed(one.input, ExpositionFormat::text) == one.expected);
  }
}

TEST_CASE("OpenMetrics is read as the cases say", "[exposition]") {
  for (const auto& one : test::read_cases("openmetrics.cases")) {
    CAPTURE(one.title);
    CHECK(printed(one.input, ExpositionFormat::openmetrics) == one.expected);
  }
}

TEST_CASE("the last line needs a newline in OpenMetrics only after EOF", "[exposition]") {
  CHECK(printed("a 1", ExpositionFormat::text) == "{__name__=\"a\"} 1\n");
  CHECK(printed("a 1\n# EOF", ExpositionFormat::openmetrics) == "{__name__=\"a\"} 1\n");
  CHECK(printed("", ExpositionFormat::text).empty());
  CHECK(printed("", ExpositionFormat::openmetrics).starts_with("error"));
  CHECK(printed("a 1\n# EOF\nb 1\n", ExpositionFormat::openmetrics).find("error line 3") !=
        std::string::npos);
}

TEST_CASE("a NaN is the ordinary one, never a stale marker", "[exposition]") {
  const auto value = parse_sample_value("NaN");
  REQUIRE(bool(value));
  CHECK(std::bit_cast<std::uint64_t>(*value) == 0x7ff8000000000001ULL);
  for (const std::string_view wrong : {"", "+", "-", "+-1", "++1", "1_000", "0x1p3", "nan(2)", "1 ",
                                       "1e999", "-nan", "infinite", "1,5"}) {
    CAPTURE(wrong);
    CHECK(parse_sample_value(wrong).has_error());
  }
  CHECK(*parse_sample_value("1e-999") == 0);
  CHECK(*parse_sample_value("+Inf") == INFINITY);
  CHECK(*parse_sample_value("-infinity") == -INFINITY);
  CHECK(*parse_sample_value("+1.5e3") == 1500);
}

TEST_CASE("targets are asked as Prometheus asks them", "[exposition]") {
  const JobConfig job;
  CHECK(accept_header(job.protocols, NameScheme::utf8) ==
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        "application/openmetrics-text;version=0.0.1;q=0.5,"
        "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
        "text/plain;version=0.0.4;q=0.3,*/*;q=0.2");
  CHECK(accept_header({ScrapeProtocol::protobuf}, NameScheme::utf8) ==
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
        "encoding=delimited;q=0.6,*/*;q=0.5");
  CHECK(accept_header({ScrapeProtocol::text_0_0_4}, NameScheme::legacy) ==
        "text/plain;version=0.0.4;q=0.6,*/*;q=0.5");
}

TEST_CASE("the format of an answer is that of its Content-Type", "[exposition]") {
  CHECK(*format_of("text/plain; version=0.0.4; charset=utf-8", {}) == ExpositionFormat::text);
  CHECK(*format_of("Application/OpenMetrics-Text; version=1.0.0", {}) ==
        ExpositionFormat::openmetrics);
  CHECK(*format_of("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; "
                   "encoding=delimited",
                   {}) == ExpositionFormat::protobuf);
  CHECK(format_of("application/vnd.google.protobuf; encoding=text", {}).has_error());
  CHECK(format_of("", {}).has_error());
  CHECK(format_of("text/html", {}).has_error());
  CHECK(*format_of("text/html", ScrapeProtocol::openmetrics_1_0_0) ==
        ExpositionFormat::openmetrics);
  CHECK(*format_of("", ScrapeProtocol::text_0_0_4) == ExpositionFormat::text);
}

}  // namespace sluice::scrape
