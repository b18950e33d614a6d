#include "tests/bench/corpus/format_file.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <vector>

#include "tests/bench/corpus/random.h"
#include "tests/bench/corpus/time_layout.h"

namespace sluice::bench {

namespace {

constexpr std::int64_t sample_start_ns = 1'750'000'000'000'000'000;
constexpr std::uint64_t format_seed = 20260317;

struct Weighted {
  std::size_t weight;
  std::string_view text;
  std::size_t number;  // of the line in the format
};

std::size_t to_number(std::string_view text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<std::string_view> cut(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

Error bad_format(std::size_t line, const std::string& what) {
  return {ErrorCode::parse, "line " + std::to_string(line) + ": " + what};
}

class Expander {
 public:
  Result<void> read(std::string_view format) {
    std::size_t number = 0;
    for (const std::string_view line : cut(format, '\n')) {
      ++number;
      if (line.empty() || line.starts_with('#')) continue;
      const std::size_t blank = line.find(' ');
      const std::size_t weight = to_number(line.substr(0, blank));
      if (weight == 0 || blank == std::string_view::npos)
        return bad_format(number, "expected WEIGHT TEMPLATE");
      lines_.push_back({weight, line.substr(blank + 1), number});
      total_ += weight;
    }
    return lines_.empty() ? Result<void>(bad_format(number, "no templates")) : Result<void>();
  }

  Result<std::string> write(std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
      now_ns_ += static_cast<std::int64_t>(random_.exponential(4e8));
      moment_.set(now_ns_);
      const Weighted& line = pick();
      if (auto done = append_line(line, out); !done) return std::move(done).error();
      out.push_back('\n');
    }
    return out;
  }

 private:
  const Weighted& pick() {
    std::size_t at = random_.below(total_);
    for (const auto& line : lines_) {
      if (at < line.weight) return line;
      at -= line.weight;
    }
    return lines_.back();
  }

  Result<void> append_line(const Weighted& line, std::string& out) {
    std::string_view text = line.text;
    while (!text.empty()) {
      const std::size_t open = std::min(text.find('{'), text.size());
      out += text.substr(0, open);
      text.remove_prefix(open);
      if (text.empty()) break;
      const std::size_t close = text.find('}');
      if (close == std::string_view::npos) return bad_format(line.number, "'{' without '}'");
      if (!append_value(text.substr(1, close - 1), out))
        return bad_format(line.number, "unknown {" + std::string(text.substr(1, close)));
      text.remove_prefix(close + 1);
    }
    return {};
  }

  std::size_t between(const std::vector<std::string_view>& words) {
    const std::size_t low = to_number(words[0]), high = to_number(words[1]);
    return low + random_.skewed(high - low + 1);
  }

  void append_hex(std::size_t digits, std::string& out) {
    for (std::size_t i = 0; i < digits; ++i) out.push_back("0123456789abcdef"[random_.below(16)]);
  }

  void append_uuid(std::string& out) {
    for (const std::size_t group : {8, 4, 4, 4, 12}) {
      append_hex(group, out);
      if (group != 12) out.push_back('-');
    }
  }

  bool append_value(std::string_view what, std::string& out) {
    const std::size_t blank = std::min(what.find(' '), what.size());
    const std::string_view kind = what.substr(0, blank);
    const std::string_view rest = what.substr(std::min(blank + 1, what.size()));
    const auto words = cut(rest, ' ');
    if (kind == "uuid") return append_uuid(out), true;
    if (rest.empty()) return false;
    if (kind == "time") return append_time(rest, moment_, out), true;
    if (kind == "hex") return append_hex(to_number(rest), out), true;
    if (kind == "pick") {
      const auto choices = cut(rest, '|');
      return out += choices[random_.skewed(choices.size())], true;
    }
    if (kind == "count") {
      auto& counter = counters_.try_emplace(std::string(rest), to_number(rest)).first->second;
      return out += std::to_string(counter += random_.below(4)), true;
    }
    if (kind == "ip") {
      out += rest;
      out +=
          "." + std::to_string(random_.skewed(32)) + "." + std::to_string(1 + random_.skewed(254));
      return true;
    }
    if (words.size() != 2) return false;
    out += std::to_string(between(words));
    if (kind == "dec") out += "." + std::to_string(100'000 + random_.below(900'000));
    return kind == "int" || kind == "dec";
  }

  std::vector<Weighted> lines_;
  std::size_t total_ = 0;
  std::map<std::string, std::size_t> counters_;
  Random random_{format_seed};
  std::int64_t now_ns_ = sample_start_ns;
  Moment moment_;
};

}  // namespace

Result<std::string> expand_format(std::string_view format, std::size_t lines) {
  Expander expander;
  SLUICE_CHECK(expander.read(format));
  return expander.write(lines);
}

}  // namespace sluice::bench
