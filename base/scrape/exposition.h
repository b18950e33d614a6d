// ExpositionReader: what a target answers to a scrape, one entry after the other.
//
// The text formats (docs/format/exposition.md): Prometheus' text format 0.0.4 (and 1.0.0, which
// adds quoted UTF-8 names) and OpenMetrics 1.0. (The third format is in protobuf_format.h.) The
// body is held by the caller and never copied; a series is given as the text that names it, which
// is parsed only when it was not seen before. Errors are ErrorCode::parse and say the line. Not
// thread-safe.
//
//   ExpositionReader reader(body, ExpositionFormat::text);
//   while (true) {
//     SLUICE_TRY(const ExposedEntry entry, reader.next());
//     if (entry.kind == ExposedEntry::Kind::end) break;
//     ...
//   }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scrape/exposed_exemplar.h"
#include "base/types/histogram.h"
#include "base/types/labels.h"
#include "base/types/result.h"

namespace sluice::scrape {

enum class ExpositionFormat { text, openmetrics, protobuf };

struct ExposedEntry {
  enum class Kind { end, series, type, help, unit };
  Kind kind = Kind::end;
  // Of a series: name and labels as written. Equal texts are equal series.
  std::string_view series;
  double value = 0;
  std::optional<std::int64_t> timestamp_ms;
  HistogramPtr histogram;  // set: the sample is this, not the value
  std::vector<ExposedExemplar> exemplars;
  // Of the rest: the family, and what is said about it, unescaped.
  std::string family;
  std::string text;
};

class ExpositionReader {
 public:
  ExpositionReader(std::string_view body, ExpositionFormat format) : body_(body), rest_(body) {
    openmetrics_ = format == ExpositionFormat::openmetrics;
  }
  // After an Error nothing more can be read.
  Result<ExposedEntry> next();

 private:
  // text format
  Result<ExposedEntry> next_text();
  Result<std::optional<ExposedEntry>> read_comment();
  Result<ExposedEntry> read_text_metadata(ExposedEntry::Kind kind);
  Result<ExposedEntry> read_text_series();
  // OpenMetrics
  Result<ExposedEntry> next_openmetrics();
  Result<ExposedEntry> read_descriptor();
  Result<ExposedEntry> read_end();
  Result<ExposedEntry> read_openmetrics_series();
  Result<ExposedExemplar> read_exemplar();
  // both
  Result<std::string_view> take_series();
  Result<void> skip_braces();
  Result<void> skip_quoted();
  Result<std::string> take_family();
  Result<double> take_value(std::string_view ends);
  Result<void> end_line();
  std::string_view take_until(std::string_view ends);
  bool take(char c);
  bool take(std::string_view word);
  void skip_blanks();
  Error wrong(std::string_view expected) const;

  std::string_view body_;
  std::string_view rest_;
  bool openmetrics_ = false;
  bool ended_ = false;  // "# EOF" was there
};

// The labels of a series' text, __name__ among them. Error(parse): not well-formed, a name twice,
// no name, text that is not UTF-8.
Result<std::vector<Label>> parse_series(std::string_view text);

// A sample's value as Go reads it: decimal, NaN and Inf in any case with a sign. NaN comes as the
// ordinary one, so that no target can write a stale marker.
Result<double> parse_sample_value(std::string_view text);
// That NaN.
double ordinary_nan();

}  // namespace sluice::scrape
