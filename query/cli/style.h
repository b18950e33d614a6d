// Colours and plain text tables for terminals; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::query::cli {

enum class Color { none, red, green, yellow, blue, magenta, cyan, dim, bold };

// text in ANSI colour, or unchanged when off.
std::string paint(std::string_view text, Color color, bool on);

// The colour of a log level ("error", "WARN", ...), of a verdict, of an alert state.
Color color_of_level(std::string_view level);
Color color_of_verdict(std::string_view verdict);

struct Cell {
  std::string text;
  Color color = Color::none;
};

// Columns padded to their widest cell, two spaces apart; the last column is not padded, so that
// long text wraps instead of pushing everything. Widths count code points.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  std::string render(bool color) const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<Cell>> rows_;
};

// Control characters, ESC included, as \xNN, so that a log line cannot drive the terminal. Tabs
// stay.
std::string printable(std::string_view text);

// ▁▂▃▄▅▆▇█ scaled from the least to the greatest value; NaN is a space. At most `width` signs,
// each the mean of the values it stands for.
std::string sparkline(const std::vector<double>& values, std::size_t width);

// A CSV field, quoted where RFC 4180 asks for it.
std::string csv_field(std::string_view text);

}  // namespace sluice::query::cli
