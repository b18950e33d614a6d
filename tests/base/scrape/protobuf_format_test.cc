#include "base/scrape/protobuf_format.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <protozero/pbf_writer.hpp>
#include <protozero/varint.hpp>

#include "base/codec/json_writer.h"

namespace sluice::scrape {
namespace {

using Writer = protozero::pbf_writer;

// A family with its length before it.
class FamilyMessage {
 public:
  FamilyMessage(const std::string& name, int type) : writer_(message_) {
    writer_.add_string(1, name);
    writer_.add_string(2, "about it");
    writer_.add_enum(3, type);
  }
  // A metric with a label and the message of its value in field `kind`.
  template <class Fill>
  FamilyMessage& metric(protozero::pbf_tag_type kind, Fill fill, std::int64_t timestamp = 0) {
    Writer metric(writer_, 4);
    {
      Writer label(metric, 1);
      label.add_string(1, "a \"b\"");
      label.add_string(2, "c\n\\");
    }
    {
      Writer value(metric, kind);
      fill(value);
    }
    if (timestamp != 0) metric.add_int64(6, timestamp);
    return *this;
  }
  std::string delimited() const {
    std::string out;
    protozero::write_varint(std::back_inserter(out), message_.size());
    return out + message_;
  }

 private:
  std::string message_;
  Writer writer_;
};

std::string printed_entry(const ExposedEntry& entry) {
  if (entry.kind != ExposedEntry::Kind::series) return entry.family + " " + entry.text;
  const auto labels = parse_series(entry.series);
  if (!labels) return labels.error().message;
  std::string out = LabelSet::from(*labels).to_string() + " ";
  out += entry.histogram ? "histogram" : format_sample_value(entry.value);
  if (entry.timestamp_ms) out += " @" + std::to_string(*entry.timestamp_ms);
  for (const auto& exemplar : entry.exemplars) {
    out += " exemplar" + exemplar.labels.to_string() + " " + format_sample_value(exemplar.value);
    if (exemplar.timestamp_ms) out += " @" + std::to_string(*exemplar.timestamp_ms);
  }
  return out;
}

std::vector<std::string> printed_body(const std::string& body, HistogramChoice choice = {},
                                      std::size_t samples = 1'000'000) {
  ProtobufReader reader(body, choice, samples);
  std::vector<std::string> out;
  while (true) {
    const auto entry = reader.next();
    if (!entry) {
      out.push_back("error " + entry.error().message);
      return out;
    }
    if (entry->kind == ExposedEntry::Kind::end) return out;
    out.push_back(printed_entry(*entry));
  }
}

void fill_classic(Writer& histogram) {
  histogram.add_uint64(1, 7);
  histogram.add_double(2, 1.5);
  for (const auto& [bound, count] : {std::pair{1e-5, 3}, {1e5, 5}, {1e6, 6}}) {
    Writer bucket(histogram, 3);
    bucket.add_uint64(1, static_cast<std::uint64_t>(count));
    bucket.add_double(2, bound);
  }
}

void fill_exemplar(Writer exemplar, const std::string& trace, std::int64_t timestamp_ms = 0) {
  {
    Writer label(exemplar, 1);
    label.add_string(1, "trace_id");
    label.add_string(2, trace);
  }
  exemplar.add_double(2, 0.5);
  if (timestamp_ms == 0) return;
  Writer timestamp(exemplar, 3);
  timestamp.add_int64(1, timestamp_ms / 1000);
  timestamp.add_int32(2, static_cast<std::int32_t>(timestamp_ms % 1000) * 1'000'000 + 999);
}

// Buckets 1, 2 and 5 with 1, 3 and 2 observations, one of zero.
void fill_native(Writer& histogram) {
  histogram.add_sint32(5, 3);
  histogram.add_double(6, 0.001);
  histogram.add_uint64(7, 1);
  for (const auto& [offset, length] : {std::pair{1, 2}, {2, 1}}) {
    Writer span(histogram, 12);
    span.add_sint32(1, offset);
    span.add_uint32(2, static_cast<std::uint32_t>(length));
  }
  const std::vector<std::int64_t> deltas = {1, 2, -1};
  histogram.add_packed_sint64(13, deltas.begin(), deltas.end());
}

const std::string labels_of = R"({__name__="NAME", "a \"b\""="c\n\\")";
std::string line(const std::string& name, const std::string& rest) {
  std::string out = labels_of;
  out.replace(out.find("NAME"), 4, name);
  return out + rest;
}
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("counters, gauges and untyped metrics come with their timestamps", "[protobuf]") {
  const std::string body =
      FamilyMessage("x_total", 0)
          .metric(3,
                  [](Writer& value) {
                    value.add_double(1, 4);
                    fill_exemplar(Writer(value, 2), "ab", 12'345);
                  })
          .delimited() +
      FamilyMessage("g", 1)
          .metric(
              2, [](Writer& v) { v.add_double(1, NAN); }, 1234)
          .delimited() +
      FamilyMessage("u", 3).metric(5, [](Writer& v) { v.add_double(1, 2); }).delimited();
  CHECK(printed_body(body) == Lines{"x_total counter", "x_total about it",
                                    line("x_total", R"(} 4 exemplar{trace_id="ab"} 0.5 @12345)"),
                                    "g gauge", "g about it", line("g", "} NaN @1234"), "u unknown",
                                    "u about it", line("u", "} 2")});
}

TEST_CASE("summaries and classic histograms are the series of the text format", "[protobuf]") {
  const std::string body = FamilyMessage("s", 2)
                               .metric(4,
                                       [](Writer& value) {
                                         value.add_uint64(1, 3);
                                         value.add_double(2, 1.5);
                                         Writer quantile(value, 3);
                                         quantile.add_double(1, 0.5);
                                         quantile.add_double(2, 0.25);
                                       })
                               .delimited() +
                           FamilyMessage("h", 4).metric(7, fill_classic).delimited();
  CHECK(printed_body(body) ==
        Lines{"s summary", "s about it", line("s", R"(, quantile="0.5"} 0.25)"),
              line("s_sum", "} 1.5"), line("s_count", "} 3"), "h histogram", "h about it",
              line("h_bucket", R"(, le="1e-05"} 3)"), line("h_bucket", R"(, le="100000"} 5)"),
              line("h_bucket", R"(, le="1e+06"} 6)"), line("h_bucket", R"(, le="+Inf"} 7)"),
              line("h_sum", "} 1.5"), line("h_count", "} 7")});
}

TEST_CASE("native histograms are taken where they are wanted", "[protobuf]") {
  const std::string body = FamilyMessage("h", 4)
                               .metric(7,
                                       [](Writer& value) {
                                         fill_classic(value);
                                         fill_native(value);
                                       })
                               .delimited();
  CHECK(printed_body(body).size() == 8);
  CHECK(printed_body(body, {.native = true}) ==
        Lines{"h histogram", "h about it", line("h", "} histogram")});
  CHECK(printed_body(body, {.native = true, .classic = true}).size() == 9);
  ProtobufReader reader(body, {.native = true}, 1'000);
  HistogramPtr histogram;
  while (histogram == nullptr) histogram = reader.next().value().histogram;
  CHECK(histogram->schema == 3);
  CHECK(histogram->count == 7);
  CHECK(histogram->sum == 1.5);
  CHECK(histogram->zero_threshold == 0.001);
  CHECK(histogram->zero_count == 1);
  CHECK(histogram->positive == HistogramBuckets{{1, 1}, {2, 3}, {5, 2}});
  CHECK(histogram->negative.empty());
}

TEST_CASE("a histogram's exemplars are its buckets', a native one's its own", "[protobuf]") {
  const auto body = [](bool own) {
    return FamilyMessage("h", 4)
        .metric(7,
                [own](Writer& value) {
                  {
                    Writer bucket(value, 3);
                    bucket.add_uint64(1, 7);
                    bucket.add_double(2, INFINITY);
                    fill_exemplar(Writer(bucket, 3), "b");
                  }
                  fill_native(value);
                  value.add_uint64(1, 7);
                  for (int i = 0; own && i < 2; ++i) fill_exemplar(Writer(value, 16), "n", 1'000);
                })
        .delimited();
  };
  const std::string of_bucket = R"( exemplar{trace_id="b"} 0.5)";
  const std::string native = R"( exemplar{trace_id="n"} 0.5 @1000)";
  CHECK(printed_body(body(true)).at(2) == line("h_bucket", R"(, le="+Inf"} 7)" + of_bucket));
  CHECK(printed_body(body(true), {.native = true}).at(2) ==
        line("h", "} histogram" + native + native));
  CHECK(printed_body(body(false), {.native = true}).at(2) == line("h", "} histogram" + of_bucket));
}

TEST_CASE("damaged protobuf is an error", "[protobuf]") {
  const auto failed = [](const std::string& body) {
    const auto lines = printed_body(body, {.native = true});
    return !lines.empty() && lines.back().starts_with("error protobuf: ");
  };
  const std::string body = FamilyMessage("h", 4).metric(7, fill_classic).delimited();
  for (std::size_t n = 1; n < body.size(); ++n) CHECK(failed(body.substr(0, n)));
  CHECK(failed("\x05hello"));
  CHECK(failed(FamilyMessage("h", 4)
                   .metric(7, [](Writer& v) { Writer(v, 12).add_uint32(2, 3); })
                   .delimited()));
  CHECK(printed_body("").empty());
}

TEST_CASE("a small body does not become a large one", "[protobuf]") {
  const std::string long_name(200'000, 'x');
  FamilyMessage huge(long_name, 4);
  huge.metric(7, [](Writer& histogram) {
    for (int i = 0; i < 1'000; ++i) Writer(histogram, 3).add_double(2, i);
  });
  CHECK(printed_body(huge.delimited()).back().find("far larger than the body") !=
        std::string::npos);
}

TEST_CASE("samples, labels and buckets of tiny messages are bounded", "[protobuf]") {
  const auto last = [](const std::string& family, std::size_t samples) {
    std::string body;
    protozero::write_varint(std::back_inserter(body), family.size());
    return printed_body(body + family, {.native = true}, samples).back();
  };
  const auto repeated = [](std::string_view message, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += message;
    return out;
  };
  // {metric: {}}, two bytes each
  CHECK(last("\x0A\x01x" + repeated(std::string("\x22\x00", 2), 100), 100).starts_with("{"));
  CHECK(last("\x0A\x01x" + repeated(std::string("\x22\x00", 2), 101), 100) ==
        "error sample limit exceeded");

  const auto metric = [](int type, std::string_view fields) {
    std::string family;
    Writer writer(family);
    writer.add_string(1, "x");
    writer.add_enum(3, type);
    writer.add_string(4, fields.data(), fields.size());
    return family;
  };
  const std::string label("\x0A\x00", 2);
  CHECK(last(metric(1, repeated(label, 10'001)), 100).ends_with("too many labels or buckets"));
  // {summary: {quantile: {}...}}
  std::string summary;
  Writer(summary).add_string(4, repeated(std::string("\x1A\x00", 2), 200));
  CHECK(last(metric(2, summary), 100) == "error sample limit exceeded");
  std::string classic;
  Writer(classic).add_string(7, repeated(std::string("\x1A\x00", 2), 200));
  CHECK(last(metric(4, classic), 100).ends_with("too many labels or buckets"));
  std::string native;
  Writer(native).add_string(7, repeated(std::string("\x62\x00", 2), 100'001));
  CHECK(last(metric(4, native), 100).ends_with("do not fit their spans"));
}

}  // namespace sluice::scrape
