// OpenMetrics 1.0: the strict format. One blank between tokens, no other comments, "# EOF" last.
#include <cmath>

#include "base/scrape/exposition.h"
#include "base/scrape/exposition_chars.h"
#include "base/types/utf8.h"

namespace sluice::scrape {

namespace {

bool known_openmetrics_type(std::string_view type) {
  for (const std::string_view known : {"counter", "gauge", "histogram", "gaugehistogram", "summary",
                                       "info", "stateset", "unknown"})
    if (type == known) return true;
  return false;
}

// Seconds, with a fraction, as milliseconds.
std::optional<std::int64_t> milliseconds_of(double seconds) {
  const double ms = seconds * 1000;
  if (!std::isfinite(ms) || std::fabs(ms) >= 9.2e18) return std::nullopt;
  return static_cast<std::int64_t>(ms);
}

bool is_unit_of(std::string_view family, std::string_view unit) {
  return unit.empty() || (family.size() > unit.size() && family.ends_with(unit) &&
                          family[family.size() - unit.size() - 1] == '_');
}

}  // namespace

Result<ExposedEntry> ExpositionReader::next_openmetrics() {
  if (ended_) return ExposedEntry{};
  if (rest_.empty()) return wrong("\"# EOF\"");
  if (take("# EOF")) return read_end();
  if (take("# ")) return read_descriptor();
  return read_openmetrics_series();
}

Result<ExposedEntry> ExpositionReader::read_end() {
  SLUICE_CHECK(end_line());
  if (!rest_.empty()) return wrong("nothing after \"# EOF\"");
  ended_ = true;
  return ExposedEntry{};
}

Result<ExposedEntry> ExpositionReader::read_descriptor() {
  using Kind = ExposedEntry::Kind;
  ExposedEntry entry;
  if (take("TYPE "))
    entry.kind = Kind::type;
  else if (take("HELP "))
    entry.kind = Kind::help;
  else if (take("UNIT "))
    entry.kind = Kind::unit;
  else
    return wrong("TYPE, HELP, UNIT or EOF");
  SLUICE_TRY(entry.family, take_family());
  if (!take(' ') && !rest_.starts_with('\n')) return wrong("a blank");
  const std::string_view before = rest_;
  const std::string_view text = take_until("\n");
  entry.text = entry.kind == Kind::help ? unescape(text) : std::string(text);
  const bool fits = entry.kind == Kind::help   ? valid_utf8(entry.text)
                    : entry.kind == Kind::type ? known_openmetrics_type(entry.text)
                                               : is_unit_of(entry.family, entry.text);
  if (!fits) {
    rest_ = before;
    return wrong(entry.kind == Kind::help   ? "text in UTF-8"
                 : entry.kind == Kind::type ? "a metric type"
                                            : "the unit that ends the metric's name");
  }
  if (!take('\n')) return wrong("the end of the line");
  return entry;
}

Result<ExposedEntry> ExpositionReader::read_openmetrics_series() {
  ExposedEntry entry;
  entry.kind = ExposedEntry::Kind::series;
  SLUICE_TRY(entry.series, take_series());
  if (!take(' ')) return wrong("a blank");
  SLUICE_TRY(entry.value, take_value(" \n"));
  if (rest_.starts_with(' ') && !rest_.starts_with(" # ")) {
    take(' ');
    SLUICE_TRY(const double seconds, take_value(" \n"));
    entry.timestamp_ms = milliseconds_of(seconds);
    if (!entry.timestamp_ms) return wrong("a finite timestamp before");
  }
  if (take(" # ")) {
    SLUICE_TRY(auto exemplar, read_exemplar());
    entry.exemplars.push_back(std::move(exemplar));
  }
  if (!take('\n')) return wrong("the end of the line");
  return entry;
}

// {labels} value [seconds]
Result<ExposedExemplar> ExpositionReader::read_exemplar() {
  const std::string_view begin = rest_;
  if (!take('{')) return wrong("the labels of an exemplar");
  SLUICE_CHECK(skip_braces());
  auto labels =
      parse_series("exemplar" + std::string(begin.substr(0, begin.size() - rest_.size())));
  if (!labels) return std::move(wrong("the labels of an exemplar")).within(labels.error().message);
  ExposedExemplar exemplar;
  exemplar.labels = LabelSet::from(std::move(*labels));
  exemplar.labels.erase(metric_name_label);
  if (!take(' ')) return wrong("a blank");
  SLUICE_TRY(exemplar.value, take_value(" \n"));
  if (!take(' ')) return exemplar;
  SLUICE_TRY(const double seconds, take_value(" \n"));
  exemplar.timestamp_ms = milliseconds_of(seconds);
  if (!exemplar.timestamp_ms) return wrong("a finite timestamp before");
  return exemplar;
}

}  // namespace sluice::scrape
