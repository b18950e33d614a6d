#include "tests/query/script/script.h"

#include <charconv>
#include <sstream>

#include "query/engine/grid.h"

namespace sluice::query::script {

namespace {

struct Line {
  std::size_t number = 0;
  bool indented = false;
  std::string text;  // without blanks around it
};

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Lines that say something; comments begin with '#' at the start of a line.
std::vector<Line> read_lines(std::string_view text) {
  std::vector<Line> lines;
  std::istringstream in{std::string(text)};
  std::string raw;
  for (std::size_t number = 1; std::getline(in, raw); ++number) {
    const auto content = trim(raw);
    if (content.empty() || content.starts_with('#')) continue;
    lines.push_back({number, raw.front() == ' ' || raw.front() == '\t', std::string(content)});
  }
  return lines;
}

std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const auto word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

Result<std::int64_t> parse_time(std::string_view word) {
  const bool negative = word.starts_with('-');
  if (negative) word.remove_prefix(1);
  double seconds = 0;
  const auto [end, ec] = std::from_chars(word.data(), word.data() + word.size(), seconds);
  std::int64_t ms = 0;
  if (ec == std::errc{} && end == word.data() + word.size()) {
    ms = static_cast<std::int64_t>(seconds * 1000 + 0.5);
  } else {
    SLUICE_TRY(const Duration since, parse_prometheus_duration(word));
    ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  }
  return negative ? -ms : ms;
}

// Cuts the balanced {...} at the front, minding quotes.
Result<std::string_view> take_braces(std::string_view& text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote) {
      if (c == '\\' && quote != '`') ++i;
      else if (c == quote) quote = 0;
    } else if (c == '"' || c == '`' || c == '\'') {
      quote = c;
    } else if (c == '}') {
      const auto braces = text.substr(0, i + 1);
      text = trim(text.substr(i + 1));
      return braces;
    }
  }
  return invalid_argument("labels are not closed");
}

// name{a="b"}, name, {a="b"}: removed from the front.
Result<LabelSet> take_metric(std::string_view& text) {
  const auto name_end = std::min(text.find_first_of("{ \t"), text.size());
  const std::string name(text.substr(0, name_end));
  text.remove_prefix(name_end);
  LabelSet labels;
  if (text.starts_with('{')) {
    SLUICE_TRY(const auto braces, take_braces(text));
    SLUICE_TRY(labels, parse_labels(braces));
  }
  text = trim(text);
  if (!name.empty()) labels.set(metric_name_label, name);
  return labels;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : lines_(read_lines(text)) {}

  Result<std::vector<Command>> read() {
    while (position_ < lines_.size()) {
      const std::size_t number = lines_[position_].number;
      auto done = command();
      if (!done) return std::move(done).error().within("line " + std::to_string(at_));
      if (*done) commands_.push_back({number, std::move(**done)});
    }
    return std::move(commands_);
  }

 private:
  using What = decltype(Command::what);

  const Line& take() {
    at_ = lines_[position_].number;
    return lines_[position_++];
  }
  bool more() const { return position_ < lines_.size() && lines_[position_].indented; }

  Result<std::optional<What>> command() {
    const Line& line = take();
    std::string_view rest = line.text;
    const auto word = take_word(rest);
    if (line.indented) return invalid_argument("a command stands at the start of its line");
    if (word == "clear") return std::optional<What>(Clear{});
    if (word == "language") {
      if (rest != "promql" && rest != "logql") return invalid_argument("promql or logql");
      language_ = rest == "logql" ? Language::logql : Language::promql;
      return std::optional<What>();
    }
    if (word == "load") return wrap(load(rest));
    if (word == "load_logs") return wrap(load_logs());
    if (word == "eval") return wrap(eval(rest));
    return invalid_argument("unknown command \"" + std::string(word) + "\"");
  }
  template <class T>
  static Result<std::optional<What>> wrap(Result<T> result) {
    if (!result) return std::move(result).error();
    return std::optional<What>(std::move(*result));
  }

  Result<Load> load(std::string_view step_text) {
    SLUICE_TRY(const auto step, parse_time(step_text));
    Load load;
    while (more()) {
      std::string_view rest = take().text;
      SLUICE_TRY(auto labels, take_metric(rest));
      SLUICE_TRY(const auto values, parse_values(rest));
      SeriesSamples series{std::move(labels), {}, values.histograms};
      for (std::size_t i = 0; i < values.at.size(); ++i)
        if (values.at[i])
          series.samples.push_back({static_cast<std::int64_t>(i) * step, *values.at[i]});
      load.series.push_back(std::move(series));
    }
    return load;
  }

  // "5s text", "5s "quoted"", "5s {trace="x"} text"
  static Result<LogEntry> entry(std::string_view rest) {
    SLUICE_TRY(const auto ms, parse_time(take_word(rest)));
    LogEntry entry{from_unix_ns(ms * 1'000'000), "", {}};
    if (rest.starts_with('{') && !rest.starts_with("{\"")) {
      SLUICE_TRY(const auto braces, take_braces(rest));
      SLUICE_TRY(entry.metadata, parse_labels(braces));
    }
    entry.line = rest;
    if (rest.starts_with('"')) {
      SLUICE_TRY(entry.line, unquote_front(rest));
    }
    return entry;
  }
  // Stream labels, then entries below; the next line of labels begins the next stream.
  Result<std::vector<StreamEntries>> streams() {
    std::vector<StreamEntries> streams;
    while (more()) {
      const std::string& text = take().text;
      if (text.starts_with('{')) {
        SLUICE_TRY(auto labels, parse_labels(text));
        streams.push_back({std::move(labels), {}});
      } else {
        if (streams.empty()) return invalid_argument("an entry before any stream");
        SLUICE_TRY(auto parsed, entry(text));
        streams.back().entries.push_back(std::move(parsed));
      }
    }
    return streams;
  }
  Result<LoadLogs> load_logs() {
    SLUICE_TRY(auto loaded, streams());
    return LoadLogs{std::move(loaded)};
  }

  Result<Eval> eval(std::string_view rest) {
    Eval eval;
    eval.language = language_;
    const auto kind = take_word(rest);
    if (kind == "instant") {
      SLUICE_CHECK(instant(rest, eval));
    } else if (kind == "range") {
      SLUICE_CHECK(range(rest, eval));
    } else if (kind == "logs") {
      SLUICE_CHECK(logs(rest, eval));
    } else {
      return invalid_argument("eval instant, range or logs");
    }
    eval.expr = rest;
    SLUICE_CHECK(expectations(eval));
    return eval;
  }

  static Result<std::int64_t> after(std::string_view word, std::string_view& rest) {
    if (take_word(rest) != word) return invalid_argument("expected \"" + std::string(word) + "\"");
    return parse_time(take_word(rest));
  }
  static Result<void> instant(std::string_view& rest, Eval& eval) {
    SLUICE_TRY(const auto time, after("at", rest));
    eval.how = EvalInstant{time};
    return {};
  }
  static Result<void> range(std::string_view& rest, Eval& eval) {
    EvalRange how;
    SLUICE_TRY(how.start_ms, after("from", rest));
    SLUICE_TRY(how.end_ms, after("to", rest));
    SLUICE_TRY(how.step_ms, after("step", rest));
    eval.how = how;
    return {};
  }
  static Result<void> logs(std::string_view& rest, Eval& eval) {
    EvalLogs how;
    SLUICE_TRY(how.start_ms, after("from", rest));
    SLUICE_TRY(how.end_ms, after("to", rest));
    if (rest.starts_with("limit ")) {
      take_word(rest);
      const auto word = take_word(rest);
      std::from_chars(word.data(), word.data() + word.size(), how.limit);
    }
    if (rest.starts_with("forward ")) {
      take_word(rest);
      how.forward = true;
    }
    eval.how = how;
    return {};
  }

  Result<void> expectations(Eval& eval) {
    if (std::holds_alternative<EvalLogs>(eval.how)) return expected_streams(eval.expected);
    while (more()) {
      std::string_view rest = take().text;
      SLUICE_CHECK(rest.starts_with("expect ") ? expect(rest.substr(7), eval.expected)
                                               : expected_series(rest, eval.expected));
    }
    return {};
  }
  Result<void> expected_streams(Expectation& expected) {
    while (more() && lines_[position_].text.starts_with("expect "))
      SLUICE_CHECK(expect(std::string_view(take().text).substr(7), expected));
    SLUICE_TRY(auto wanted, streams());
    for (auto& stream : wanted)
      expected.streams.push_back({std::move(stream.labels), std::move(stream.entries)});
    return {};
  }

  static Result<void> expect(std::string_view rest, Expectation& expected) {
    const auto what = take_word(rest);
    if (what == "ordered") expected.ordered = true;
    else if (what == "fail") expected.failure = rest;
    else if (what == "warn") expected.warnings.emplace_back(rest);
    else if (what == "info") expected.infos.emplace_back(rest);
    else if (what == "no_info") expected.no_info = true;
    else if (what == "no_warn") expected.no_warn = true;
    else if (what == "string") expected.text = rest;
    else return invalid_argument("unknown expectation \"" + std::string(what) + "\"");
    return {};
  }

  static Result<void> expected_series(std::string_view rest, Expectation& expected) {
    const bool bare = rest.find_first_of("{ ") == std::string_view::npos;
    if (bare) {
      if (const auto value = parse_values(rest); value && value->at.size() == 1) {
        expected.scalar = value->at[0];
        return {};
      }
    }
    SLUICE_TRY(auto labels, take_metric(rest));
    SLUICE_TRY(auto values, parse_values(rest));
    expected.series.push_back({std::move(labels), std::move(values)});
    return {};
  }

  std::vector<Line> lines_;
  std::size_t position_ = 0;
  std::size_t at_ = 0;
  Language language_ = Language::promql;
  std::vector<Command> commands_;
};

}  // namespace

Result<std::vector<Command>> parse_script(std::string_view text) { return Reader(text).read(); }

}  // namespace sluice::query::script
