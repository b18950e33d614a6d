// Query scripts: tests as data. The language is described in tests/data/README.md.
//
// parse_script() turns a file into commands; runner.h runs them against a Target, which may be an
// engine in this process or a daemon over HTTP.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/types/log_entry.h"
#include "base/types/result.h"
#include "query/value.h"

namespace sluice::query::script {

enum class Language { promql, logql };

struct Clear {};
struct Load {
  std::vector<SeriesSamples> series;
};
struct LoadLogs {
  std::vector<StreamEntries> streams;
};

// One entry per step; nullopt: no sample. Histograms stand in the list beside them.
struct Values {
  std::vector<std::optional<double>> at;
  HistogramList histograms = {};
};
// One line of what an eval must answer.
struct ExpectedSeries {
  LabelSet labels;
  Values values;
};
struct Expectation {
  std::vector<ExpectedSeries> series;
  std::optional<double> scalar;
  std::optional<std::string> text;  // of a string result
  Streams streams;
  bool ordered = false;
  std::optional<std::string> failure;  // part of the error's message
  std::vector<std::string> warnings;   // parts; none listed: none may come
  std::vector<std::string> infos;      // the same; unchecked unless listed or `expect no_info`
  bool no_info = false;
  bool no_warn = false;
};

struct EvalInstant {
  std::int64_t time_ms = 0;
};
struct EvalRange {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t step_ms = 0;
};
struct EvalLogs {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;  // exclusive
  std::size_t limit = 100;
  bool forward = false;
};
struct Eval {
  std::variant<EvalInstant, EvalRange, EvalLogs> how;
  Language language = Language::promql;
  std::string expr;
  Expectation expected;
};

struct Command {
  std::size_t line = 0;
  std::variant<Clear, Load, LoadLogs, Eval> what;
};

// Errors name the line.
Result<std::vector<Command>> parse_script(std::string_view text);

// "0+10x3 _ stale 5": one entry per step. Exposed for its own test.
Result<Values> parse_values(std::string_view text);

}  // namespace sluice::query::script
