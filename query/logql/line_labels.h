// LineLabels: the labels one line has while it passes through a pipeline.
//
// They begin as the Stream's labels and the entry's structured metadata; parsers add, label_format
// changes, drop and keep remove. Names and values are views: of the stream, of the line, or of the
// pipeline's arena, all valid until the next line begins. Lookups scan: a line has tens of labels,
// and building a map per line would cost more than it saves.
//
// Rules (Loki's): metadata that meets a stream label of its name is called <name>_extracted, and so
// is a parsed label that meets a stream or metadata label; where both are, the parsed one stays. Of
// equal parsed names the first value stays. __error__ and __error_details__ are labels like others
// to whoever reads or removes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "query/logql/line_arena.h"
#include "query/template/value.h"

namespace sluice::query::logql {

inline constexpr std::string_view error_label = "__error__";
inline constexpr std::string_view error_details_label = "__error_details__";

enum class Origin : std::uint8_t { stream, metadata, parsed };

struct LabelView {
  std::string_view name;
  std::string_view value;
  Origin origin = Origin::stream;
};

class LineLabels final : public Fields {
 public:
  explicit LineLabels(LineArena& arena) : arena_(arena) {}

  // Lines that follow belong to this Stream; `stream` must outlive them.
  void bind(const LabelSet& stream);
  // The next line begins.
  void start(const LabelSet* metadata);
  // Parsers may leave out all labels but these (and none if nullopt): nobody reads the others.
  void want_only(std::optional<std::vector<std::string>> names);

  std::optional<std::string_view> get(std::string_view name) const override;
  std::string_view value(std::string_view name) const { return get(name).value_or(""); }

  // A parser found this. The views must live as long as the line.
  void add_parsed(std::string_view name, std::string_view value);
  // Would add_parsed take it? Lets parsers spare themselves the unescaping.
  bool wants(std::string_view name) const;
  void set(std::string_view name, std::string_view value, Origin origin = Origin::parsed);
  Origin origin_of(std::string_view name) const;
  void erase(std::string_view name);

  // The first error of a line stays.
  void set_error(std::string_view kind, std::string_view details);
  bool has_error() const { return !error_.empty(); }

  // All labels with their origin, errors included, empty values left out. Unsorted.
  void collect(std::vector<LabelView>& out) const;
  // True while the labels are exactly those of the stream.
  bool unchanged() const { return !base_changed_ && entries_.size() == base_size_ && !has_error(); }
  const LabelSet& stream() const { return *stream_; }
  const LabelSet* metadata() const { return metadata_; }  // of the line; null: none
  LineArena& arena() { return arena_; }

 private:
  void add_metadata(std::string_view name, std::string_view value);
  LabelView* find(std::string_view name);
  const LabelView* find(std::string_view name) const;

  LineArena& arena_;
  const LabelSet* stream_ = nullptr;
  const LabelSet* metadata_ = nullptr;
  std::vector<LabelView> entries_;  // the stream's first
  std::size_t base_size_ = 0;
  bool base_changed_ = false;
  std::string_view error_;
  std::string_view error_details_;
  std::optional<std::vector<std::string>> wanted_;
};

// `text` as a label name: other characters than [a-zA-Z0-9_] become '_', and at the beginning of a
// name a digit gets a '_' before it. Spaces around it are cut off.
void append_label_name(std::string& name, std::string_view text);

}  // namespace sluice::query::logql
