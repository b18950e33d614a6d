#include "query/cli/style.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/types/ascii.h"

namespace sluice::query::cli {

namespace {

std::string_view code_of(Color color) {
  switch (color) {
    case Color::none: return "";
    case Color::red: return "\x1b[31m";
    case Color::green: return "\x1b[32m";
    case Color::yellow: return "\x1b[33m";
    case Color::blue: return "\x1b[34m";
    case Color::magenta: return "\x1b[35m";
    case Color::cyan: return "\x1b[36m";
    case Color::dim: return "\x1b[2m";
    case Color::bold: return "\x1b[1m";
  }
  return "";
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// The mean of each of `width` runs of equal length.
std::vector<double> resample(const std::vector<double>& values, std::size_t width) {
  if (values.size() <= width) return values;
  std::vector<double> out(width);
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t from = i * values.size() / width;
    const std::size_t to = (i + 1) * values.size() / width;
    double sum = 0;
    for (std::size_t j = from; j < to; ++j) sum += values[j];
    out[i] = sum / static_cast<double>(to - from);
  }
  return out;
}

}  // namespace

std::string paint(std::string_view text, Color color, bool on) {
  if (!on || color == Color::none) return std::string(text);
  return std::string(code_of(color)) + std::string(text) + "\x1b[0m";
}

Color color_of_level(std::string_view level) {
  const std::string l = lower_case(level);
  if (l == "error" || l == "err" || l == "fatal" || l == "critical" || l == "crit") {
    return Color::red;
  }
  if (l == "warn" || l == "warning") return Color::yellow;
  if (l == "debug" || l == "trace") return Color::dim;
  return l == "info" ? Color::green : Color::none;
}

Color color_of_verdict(std::string_view verdict) {
  if (verdict == "pass" || verdict == "ok" || verdict == "rolled_back") return Color::green;
  if (verdict == "fail" || verdict == "firing" || verdict == "rollback_failed" ||
      verdict == "error" || verdict == "err") {
    return Color::red;
  }
  if (verdict == "inconclusive" || verdict == "no_data" || verdict == "pending") {
    return Color::yellow;
  }
  return Color::none;
}

std::string Table::render(bool color) const {
  std::vector<std::size_t> widths;
  for (const auto& name : header_) widths.push_back(width_of(name));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row[i].text));
    }
  }
  std::string out;
  const auto put = [&](std::size_t column, const std::string& text, Color paint_as) {
    out += paint(text, paint_as, color);
    const bool last = column + 1 == widths.size();
    out += last ? "\n" : std::string(widths[column] - width_of(text) + 2, ' ');
  };
  for (std::size_t i = 0; i < header_.size(); ++i) put(i, header_[i], Color::bold);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) put(i, row[i].text, row[i].color);
  }
  return out;
}

std::string printable(std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= 0x20 && byte != 0x7f) || c == '\t') {
      out += c;
    } else {
      out += "\\x";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
  return out;
}

std::string sparkline(const std::vector<double>& values, std::size_t width) {
  static constexpr std::array<const char*, 8> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  double least = INFINITY;
  double greatest = -INFINITY;
  const auto points = resample(values, width);
  for (const double v : points) {
    if (!std::isfinite(v)) continue;
    least = std::min(least, v);
    greatest = std::max(greatest, v);
  }
  std::string out;
  for (const double v : points) {
    if (!std::isfinite(v)) {
      out += ' ';
      continue;
    }
    const double share = greatest > least ? (v - least) / (greatest - least) : 0;
    out += blocks[std::min<std::size_t>(7, static_cast<std::size_t>(share * 8))];
  }
  return out;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of("\",\r\n") == text.npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace sluice::query::cli
