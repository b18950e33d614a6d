// LabelSet: the labels that name a Stream (logs) or a series (metrics).
//
// Sorted by name, names unique, values never empty (setting an empty value removes the label), so
// equal sets compare equal and print alike. A value type; thread-compatible.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/types/result.h"

namespace sluice {

struct Label {
  std::string name;
  std::string value;
  friend auto operator<=>(const Label&, const Label&) = default;
};

class LabelSet {
 public:
  LabelSet() = default;
  LabelSet(std::initializer_list<Label> labels);
  // Sorts; of labels with the same name the last one wins; empty values are dropped.
  static LabelSet from(std::vector<Label> labels);

  // The value, or "" if absent (Prometheus treats the two alike).
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const;
  void set(std::string_view name, std::string_view value);
  void erase(std::string_view name);

  bool empty() const { return labels_.empty(); }
  std::size_t size() const { return labels_.size(); }
  auto begin() const { return labels_.begin(); }
  auto end() const { return labels_.end(); }

  // XXH3-64 over names and values with separators; equal sets hash alike on every machine.
  std::uint64_t hash() const;
  // {a="b", c="d"} with Go string escapes: the text form of Loki and Prometheus.
  std::string to_string() const;

  friend auto operator<=>(const LabelSet&, const LabelSet&) = default;

 private:
  std::vector<Label> labels_;
};

// Reads the text form above: names [a-zA-Z_][a-zA-Z0-9_]*, values double-quoted with Go escapes or
// back-quoted. Errors name the byte offset (ErrorCode::parse).
Result<LabelSet> parse_labels(std::string_view text);

bool valid_label_name(std::string_view name);   // [a-zA-Z_][a-zA-Z0-9_]*
bool valid_metric_name(std::string_view name);  // the same plus ':'

// Appends "text" in double quotes with Go's escapes (\" \\ \n \t \r, \xNN for other bytes).
void append_quoted(std::string& out, std::string_view text);
// Reads a quoted string at the front of `text` and removes it. Double, single or back quotes.
Result<std::string> unquote_front(std::string_view& text);

inline constexpr std::string_view metric_name_label = "__name__";
// What metadata says of a metric, where it is kept as labels (Prometheus' type-and-unit-labels).
inline constexpr std::string_view metric_type_label = "__type__";
inline constexpr std::string_view metric_unit_label = "__unit__";

// Whether a label says what is measured rather than of what: one of the three above. PromQL treats
// them alike.
bool is_metric_identity(std::string_view label_name);
void erase_metric_identity(LabelSet& labels);

}  // namespace sluice
