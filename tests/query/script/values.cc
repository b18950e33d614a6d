// The value notation of scripts.
#include <charconv>
#include <cmath>
#include <limits>

#include "base/types/log_entry.h"
#include "query/engine/grid.h"
#include "query/engine/histogram_ops.h"
#include "tests/query/script/script.h"

namespace sluice::query::script {

namespace {

std::optional<double> take_double(std::string_view& text) {
  const auto word = [&](std::string_view name, double value) -> std::optional<double> {
    if (!text.starts_with(name)) return std::nullopt;
    text.remove_prefix(name.size());
    return value;
  };
  constexpr double inf = std::numeric_limits<double>::infinity();
  if (auto v = word("NaN", std::numeric_limits<double>::quiet_NaN())) return v;
  if (auto v = word("+Inf", inf)) return v;
  if (auto v = word("-Inf", -inf)) return v;
  if (auto v = word("Inf", inf)) return v;
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double value = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (ec != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool take_repeat(std::string_view& text, std::size_t& times) {
  if (!text.starts_with('x')) return false;
  text.remove_prefix(1);
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), times);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return ec == std::errc{} && text.empty() && times <= 1'000'000;
}

// a, axN, a+bxN, a-bxN
bool append_number(std::string_view word, Values& values) {
  const auto start = take_double(word);
  if (!start) return false;
  if (word.empty()) return values.at.emplace_back(*start), true;
  double step = 0;
  if (!word.starts_with('x')) {
    const auto parsed = take_double(word);
    if (!parsed) return false;
    step = *parsed;
  }
  std::size_t times = 0;
  if (!take_repeat(word, times)) return false;
  for (std::size_t i = 0; i <= times; ++i)
    values.at.emplace_back(*start + step * static_cast<double>(i));
  return true;
}

// One field of {{...}}: a number, a word or a list in brackets.
class HistogramReader {
 public:
  explicit HistogramReader(std::string_view text) : text_(text) {}

  Result<NativeHistogram> read() {
    while (skip(), !text_.empty()) {
      const auto colon = text_.find(':');
      if (colon == std::string_view::npos) return wrong();
      const auto name = text_.substr(0, colon);
      text_.remove_prefix(colon + 1);
      if (!field(name)) return wrong();
    }
    place(buckets_, offset_, histogram_.positive);
    place(n_buckets_, n_offset_, histogram_.negative);
    if (const char* problem = find_problem(histogram_)) return invalid_argument(problem);
    return histogram_;
  }

 private:
  Error wrong() const {
    return invalid_argument("not a histogram: \"" + std::string(text_) + "\"");
  }
  void skip() {
    while (text_.starts_with(' ')) text_.remove_prefix(1);
  }
  bool number(double& into) {
    const auto value = take_double(text_);
    if (value) into = *value;
    return value.has_value();
  }
  bool whole(std::int32_t& into) {
    double value = 0;
    if (!number(value)) return false;
    into = static_cast<std::int32_t>(value);
    return true;
  }
  bool list(std::vector<double>& into) {
    if (!text_.starts_with('[')) return false;
    text_.remove_prefix(1);
    while (skip(), !text_.starts_with(']')) {
      double value = 0;
      if (!number(value)) return false;
      into.push_back(value);
    }
    text_.remove_prefix(1);
    return true;
  }
  bool hint() {
    const auto end = std::min(text_.find(' '), text_.size());
    const auto word = text_.substr(0, end);
    text_.remove_prefix(end);
    if (word == "gauge") histogram_.hint = CounterReset::gauge;
    else if (word == "reset") histogram_.hint = CounterReset::reset;
    else if (word == "not_reset") histogram_.hint = CounterReset::not_reset;
    else return word == "unknown";
    return true;
  }
  bool field(std::string_view name) {
    if (name == "schema") return whole(histogram_.schema);
    if (name == "sum") return number(histogram_.sum);
    if (name == "count") return number(histogram_.count);
    if (name == "z_bucket") return number(histogram_.zero_count);
    if (name == "z_bucket_w") return number(histogram_.zero_threshold);
    if (name == "offset") return whole(offset_);
    if (name == "n_offset") return whole(n_offset_);
    if (name == "buckets") return list(buckets_);
    if (name == "n_buckets") return list(n_buckets_);
    if (name == "custom_values") return list(histogram_.custom_values);
    return name == "counter_reset_hint" && hint();
  }
  static void place(const std::vector<double>& counts, std::int32_t offset,
                    HistogramBuckets& into) {
    for (std::size_t i = 0; i < counts.size(); ++i)
      into.push_back({offset + static_cast<std::int32_t>(i), counts[i]});
  }

  std::string_view text_;
  NativeHistogram histogram_;
  std::int32_t offset_ = 0;
  std::int32_t n_offset_ = 0;
  std::vector<double> buckets_;
  std::vector<double> n_buckets_;
};

Result<NativeHistogram> take_histogram(std::string_view& word) {
  const auto end = word.find("}}");
  if (!word.starts_with("{{") || end == std::string_view::npos)
    return invalid_argument("a histogram is {{...}}");
  const auto inside = word.substr(2, end - 2);
  word.remove_prefix(end + 2);
  return HistogramReader(inside).read();
}

void append(Values& values, NativeHistogram histogram) {
  values.at.emplace_back(add_histogram(
      values.histograms, std::make_shared<const NativeHistogram>(std::move(histogram))));
}

// {{a}}, {{a}}xN, {{a}}+{{b}}xN, {{a}}-{{b}}xN
Result<void> append_histograms(std::string_view word, Values& values) {
  SLUICE_TRY(auto histogram, take_histogram(word));
  if (word.empty()) return append(values, std::move(histogram)), Result<void>();
  std::optional<NativeHistogram> step;
  if (!word.starts_with('x')) {
    const bool minus = word.starts_with('-');
    word.remove_prefix(1);
    SLUICE_TRY(step, take_histogram(word));
    if (minus) multiply(*step, -1);
  }
  std::size_t times = 0;
  if (!take_repeat(word, times)) return invalid_argument("a histogram's xN");
  const CounterReset hint = histogram.hint;
  for (std::size_t i = 0; i <= times; ++i) {
    append(values, histogram);
    HistogramNotes ignored;
    if (step && !add_to(histogram, *step, ignored))
      return invalid_argument("histograms that do not add up");
    histogram.hint = hint;
  }
  return {};
}

bool append_word(std::string_view word, Values& values) {
  if (word == "stale") return values.at.emplace_back(absent_value), true;
  if (!word.starts_with('_')) return append_number(word, values);
  word.remove_prefix(1);
  std::size_t times = 1;
  if (!word.empty() && !take_repeat(word, times)) return false;
  values.at.insert(values.at.end(), times, std::nullopt);
  return true;
}

// Up to the next blank that is not inside {{...}}.
std::string_view take_value_word(std::string_view& text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return text = {};
  text.remove_prefix(begin);
  std::size_t end = 0;
  bool inside = false;
  for (; end < text.size() && (inside || (text[end] != ' ' && text[end] != '\t')); ++end) {
    if (text[end] == '{') inside = true;
    if (text[end] == '}') inside = false;
  }
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

}  // namespace

Result<Values> parse_values(std::string_view text) {
  Values values;
  while (true) {
    const auto word = take_value_word(text);
    if (word.empty()) return values;
    if (word.starts_with("{{")) {
      SLUICE_CHECK(append_histograms(word, values));
    } else if (!append_word(word, values)) {
      return invalid_argument("not a value: \"" + std::string(word) + "\"");
    }
  }
}

}  // namespace sluice::query::script
