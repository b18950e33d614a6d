// io.prometheus.client.MetricFamily messages, each after its length as a varint.
#include "base/scrape/protobuf_format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <protozero/varint.hpp>

#include "base/scrape/exposition_chars.h"
#include "base/scrape/protobuf_exemplar.h"
#include "base/scrape/protobuf_histogram.h"
#include "base/types/utf8.h"
#include "base/wire/protobuf_field.h"

namespace sluice::scrape {

namespace {

std::string text_of(protozero::pbf_reader& reader) {
  const auto view = reader.get_view();
  return {view.data(), view.size()};
}

void append_quoted_name(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  out += '"';
}

// A bound as the text format has it: Go's %g, whose choice between digits and exponent is C's.
std::string bound_text(double bound) {
  if (std::isnan(bound)) return "NaN";
  if (std::isinf(bound)) return bound > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> out{};
  const auto [end, ec] =
      std::to_chars(out.data(), out.data() + out.size(), bound, std::chars_format::general);
  return {out.data(), end};
}

constexpr const char* too_many_samples = "sample limit exceeded";

constexpr std::string_view family_types[] = {"counter", "gauge",     "summary",
                                             "unknown", "histogram", "gaugehistogram"};

struct Metric {
  std::vector<Label> labels;
  std::optional<std::int64_t> timestamp_ms;
  protozero::data_view value;        // the message of its kind
  protozero::pbf_tag_type kind = 0;  // its field: 2 gauge, 3 counter, 4 summary, 5 untyped,
                                     // 7 histogram
};

Metric read_metric(protozero::pbf_reader reader) {
  Metric metric;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes)) {
      if (metric.labels.size() == max_text_labels) throw TooManyElements();
      metric.labels.push_back(read_label_pair(reader.get_message()));
    } else if (is_field(reader, 6, as_varint)) {
      metric.timestamp_ms = reader.get_int64();
    } else if (reader.tag() >= 2 && reader.tag() <= 7 && reader.wire_type() == as_bytes) {
      metric.kind = reader.tag();
      metric.value = reader.get_view();
    } else {
      reader.skip();
    }
  }
  // Zero is what the field is when it is not sent.
  if (metric.timestamp_ms == 0) metric.timestamp_ms.reset();
  return metric;
}

struct Simple {
  double value = 0;
  std::optional<ExposedExemplar> exemplar;
};

// A counter, gauge or untyped metric; only counters have exemplars.
Simple read_simple(protozero::pbf_reader reader, bool counter) {
  Simple out;
  while (reader.next()) {
    if (is_field(reader, 1, as_fixed64))
      out.value = reader.get_double();
    else if (counter && is_field(reader, 2, as_bytes))
      out.exemplar = read_exposed_exemplar(reader.get_message());
    else
      reader.skip();
  }
  return out;
}

// Those of the native histogram, or of its classic buckets if it has none.
std::vector<ExposedExemplar> exemplars_of(const ExposedHistogram& histogram) {
  if (!histogram.exemplars.empty()) return histogram.exemplars;
  std::vector<ExposedExemplar> exemplars;
  for (const ClassicBucket& bucket : histogram.buckets)
    if (bucket.exemplar) exemplars.push_back(*bucket.exemplar);
  return exemplars;
}

}  // namespace

// One family: collects what is said about it, then writes its series.
class FamilyReader {
 public:
  explicit FamilyReader(ProtobufReader& out) : out_(out) {}

  void read(protozero::pbf_reader reader) {
    std::vector<protozero::data_view> metrics;
    std::size_t type = 0;
    std::string help;
    std::string unit;
    while (reader.next()) {
      if (is_field(reader, 1, as_bytes))
        name_ = text_of(reader);
      else if (is_field(reader, 2, as_bytes))
        help = text_of(reader);
      else if (is_field(reader, 3, as_varint))
        type = static_cast<std::size_t>(reader.get_enum());
      else if (is_field(reader, 4, as_bytes) && metrics.size() == out_.samples_left_)
        return refuse(too_many_samples);
      else if (is_field(reader, 4, as_bytes))
        metrics.push_back(reader.get_view());
      else if (is_field(reader, 5, as_bytes))
        unit = text_of(reader);
      else
        reader.skip();
    }
    if (type >= std::size(family_types)) type = 3;
    gauge_ = type == 5;
    describe(ExposedEntry::Kind::type, std::string(family_types[type]));
    describe(ExposedEntry::Kind::help, std::move(help));
    if (!unit.empty()) describe(ExposedEntry::Kind::unit, std::move(unit));
    for (const auto& view : metrics) {
      if (problem_ != nullptr) return;
      add(read_metric(protozero::pbf_reader(view)));
    }
  }
  const char* problem() const { return problem_; }

 private:
  void refuse(const char* problem) { problem_ = problem; }

  void describe(ExposedEntry::Kind kind, std::string text) {
    ExposedEntry entry;
    entry.kind = kind;
    entry.family = name_;
    entry.text = std::move(text);
    if (!valid_utf8(entry.family) || !valid_utf8(entry.text)) problem_ = "text is not UTF-8";
    out_.entries_.push_back(std::move(entry));
  }

  void add(const Metric& metric) {
    const protozero::pbf_reader reader(metric.value);
    if (metric.kind == 4) return add_summary(metric, reader);
    if (metric.kind == 7)
      return add_histogram(metric, read_exposed_histogram(reader, gauge_, out_.samples_left_));
    auto simple = read_simple(reader, metric.kind == 3);
    add_exemplar(series(metric, "", simple.value), std::move(simple.exemplar));
  }

  void add_summary(const Metric& metric, protozero::pbf_reader reader) {
    double count = 0;
    double sum = 0;
    while (reader.next()) {
      if (is_field(reader, 1, as_varint)) {
        count = static_cast<double>(reader.get_uint64());
      } else if (is_field(reader, 2, as_fixed64)) {
        sum = reader.get_double();
      } else if (is_field(reader, 3, as_bytes)) {
        const auto [quantile, value] = read_quantile(reader.get_message());
        series(metric, "", value, {"quantile", bound_text(quantile)});
      } else {
        reader.skip();
      }
    }
    series(metric, "_sum", sum);
    series(metric, "_count", count);
  }

  static std::pair<double, double> read_quantile(protozero::pbf_reader reader) {
    std::pair<double, double> out{0, 0};
    while (reader.next()) {
      if (is_field(reader, 1, as_fixed64))
        out.first = reader.get_double();
      else if (is_field(reader, 2, as_fixed64))
        out.second = reader.get_double();
      else
        reader.skip();
    }
    return out;
  }

  void add_histogram(const Metric& metric, const ExposedHistogram& histogram) {
    const bool native = histogram.native != nullptr && out_.histograms_.native;
    if (out_.histograms_.native && histogram.problem != nullptr) problem_ = histogram.problem;
    if (native) {
      ExposedEntry& entry = series(metric, "", 0);
      entry.histogram = histogram.native;
      entry.exemplars = exemplars_of(histogram);
      if (!out_.histograms_.classic) return;
    }
    for (const auto& bucket : histogram.buckets)
      add_exemplar(series(metric, "_bucket", bucket.count, {"le", bound_text(bucket.upper_bound)}),
                   bucket.exemplar);
    series(metric, "_sum", histogram.sum);
    series(metric, "_count", histogram.count);
  }

  static void add_exemplar(ExposedEntry& entry, std::optional<ExposedExemplar> exemplar) {
    if (exemplar) entry.exemplars.push_back(std::move(*exemplar));
  }

  ExposedEntry& series(const Metric& metric, std::string_view suffix, double value,
                       const Label& more = {}) {
    if (out_.samples_left_ == 0) refuse(too_many_samples);
    // The family is refused: no more of it is written.
    if (problem_ != nullptr) return refused_;
    --out_.samples_left_;
    std::string text = "{";
    append_quoted_name(text, name_ + std::string(suffix));
    const auto add = [&](const Label& label) {
      text += ',';
      append_quoted_name(text, label.name);
      text += '=';
      append_quoted_name(text, label.value);
    };
    for (const Label& label : metric.labels) add(label);
    if (!more.name.empty()) add(more);
    text += '}';
    if (text.size() > out_.text_budget_) {
      problem_ = "the labels of its series are far larger than the body";
      text.clear();
    }
    out_.text_budget_ -= text.size();
    ExposedEntry entry;
    entry.kind = ExposedEntry::Kind::series;
    entry.series = out_.texts_.emplace_back(std::move(text));
    entry.value = std::isnan(value) ? ordinary_nan() : value;
    entry.timestamp_ms = metric.timestamp_ms;
    return out_.entries_.emplace_back(std::move(entry));
  }

  ProtobufReader& out_;
  std::string name_;
  bool gauge_ = false;
  const char* problem_ = nullptr;
  ExposedEntry refused_;
};

Result<void> ProtobufReader::read_family() {
  try {
    const char* begin = rest_.data();
    const char* end = rest_.data() + rest_.size();
    const std::uint64_t length = protozero::decode_varint(&begin, end);
    if (length > static_cast<std::uint64_t>(end - begin))
      return Error{ErrorCode::parse, "protobuf: a family longer than the body"};
    FamilyReader family(*this);
    family.read(protozero::pbf_reader(begin, static_cast<std::size_t>(length)));
    rest_.remove_prefix(static_cast<std::size_t>(begin - rest_.data()) +
                        static_cast<std::size_t>(length));
    if (family.problem() == too_many_samples)
      return Error{ErrorCode::limit_exceeded, too_many_samples};
    if (family.problem() != nullptr)
      return Error{ErrorCode::parse, std::string("protobuf: ") + family.problem()};
  } catch (const protozero::exception& e) {
    return Error{ErrorCode::parse, std::string("protobuf: ") + e.what()};
  }
  return {};
}

Result<ExposedEntry> ProtobufReader::next() {
  while (at_ == entries_.size()) {
    entries_.clear();
    texts_.clear();
    at_ = 0;
    if (rest_.empty()) return ExposedEntry{};
    SLUICE_CHECK(read_family());
  }
  return std::move(entries_[at_++]);
}

}  // namespace sluice::scrape
