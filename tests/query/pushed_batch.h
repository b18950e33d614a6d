// PushedBatch: answers a LogProjection the simplest way there is, by running the parser over each
// line. For MemoryLogSource.
#pragma once

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "query/logql/pipeline.h"
#include "query/logql/units.h"
#include "query/source.h"

namespace sluice::query::test {

// How much of a projection a source makes use of.
enum class Push {
  lines,  // nothing
  all,
  mixed,  // what the dice say, batch by batch and row by row
};

class PushedBatch {
 public:
  PushedBatch(const LogSelect& select, Push push, std::uint32_t seed)
      : projection_(select.projection), push_(push), random_(seed) {}

  // Valid until the next call. Rows that no reader needs may be missing: perhaps all.
  const LogBatch& make(const LabelSet& labels, std::uint64_t stream,
                       std::vector<const LogEntry*> entries) {
    clear();
    rows_ = std::move(entries);
    batch_.labels = &labels;
    batch_.stream = stream;
    if (projection_.parser != LogProjection::Parser::none && wish()) parse(labels);
    for (const LogEntry* row : rows_) {
      times_.push_back(row->timestamp);
      metadata_.push_back(metadata_of(*row));
    }
    if (projection_.same_until && wish()) move_times();
    if (projection_.coalesce > Duration{0} && wish()) coalesce();
    give_lines();
    batch_.timestamps = times_;
    if (std::any_of(metadata_.begin(), metadata_.end(), [](auto* m) { return m != nullptr; }))
      batch_.metadata = metadata_;
    return batch_;
  }
  std::size_t lines_loaded() const { return loader_.loaded; }

 private:
  struct Loader : LineLoader {
    Result<std::string_view> line(std::size_t row) override {
      ++loaded;
      line_ = (*rows)[row]->line;
      return std::string_view(line_);
    }
    const std::vector<const LogEntry*>* rows = nullptr;
    std::string line_;
    std::size_t loaded = 0;
  };
  struct Column {
    std::vector<std::uint32_t> codes;
    std::vector<std::string> texts;
    std::vector<std::string_view> values;
    std::vector<double> numbers;
    std::vector<std::uint8_t> present;
  };
  using Value = std::optional<std::string>;

  bool wish() { return push_ == Push::all || (push_ == Push::mixed && random_() % 2 == 0); }

  void clear() {
    batch_ = {};
    times_.clear(), lines_.clear(), metadata_.clear(), counts_.clear(), sizes_.clear();
    unparsed_.clear(), columns_.clear(), fields_.clear();
    loader_.rows = &rows_;
  }

  // What the stage makes of a line; false: an error.
  bool read(const std::string& line, std::vector<Value>& values) {
    if (!pipeline_) {
      const bool json = projection_.parser == LogProjection::Parser::json;
      const Stage stage = json ? Stage(JsonStage{}) : Stage(LogfmtStage{});
      pipeline_.emplace(std::move(*logql::Pipeline::compile(std::span(&stage, 1))));
      pipeline_->bind(none_);
    }
    pipeline_->run({}, line, nullptr);
    for (const auto& field : projection_.fields) {
      const auto value = pipeline_->labels().get(field.name);
      values.push_back(value ? Value(*value) : Value());
    }
    return !pipeline_->labels().has_error();
  }

  void parse(const LabelSet& labels) {
    std::vector<const LogEntry*> kept;
    std::vector<std::vector<Value>> parsed;
    for (const LogEntry* row : rows_) {
      std::vector<Value> values;
      const bool good = read(row->line, values) && (push_ == Push::all || random_() % 8 != 0);
      if (good && dropped(labels, *row, values) && wish()) continue;
      kept.push_back(row);
      unparsed_.push_back(good ? 0 : 1);
      parsed.push_back(good ? values : std::vector<Value>(values.size()));
    }
    rows_ = std::move(kept);
    columns_.resize(projection_.fields.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool hidden = labels.has(projection_.fields[i].name);
      if (hidden && wish())
        fields_.emplace_back();
      else
        fill(i, parsed);
    }
    batch_.parsed = true;
    batch_.fields = fields_;
    if (std::count(unparsed_.begin(), unparsed_.end(), 1) > 0) batch_.unparsed = unparsed_;
  }

  bool dropped(const LabelSet& labels, const LogEntry& row, const std::vector<Value>& values) {
    return std::any_of(projection_.conditions.begin(), projection_.conditions.end(),
                       [&](const auto& condition) {
                         const auto& name = projection_.fields[condition.field].name;
                         if (labels.has(name) || row.metadata.has(name)) return false;
                         const Value& value = values[condition.field];
                         if (!value) return !condition.absent_passes;
                         const auto number = logql::parse_float(*value);
                         if (condition.number_passes && number && wish())
                           return !condition.number_passes(*number);
                         return !condition.passes(*value);
                       });
  }

  void fill(std::size_t i, const std::vector<std::vector<Value>>& parsed) {
    Column& column = columns_[i];
    const auto numeric = [&](const auto& row) {
      return !row[i] || logql::parse_float(*row[i]).has_value();
    };
    if (projection_.fields[i].number && wish() &&
        std::all_of(parsed.begin(), parsed.end(), numeric)) {
      for (const auto& row : parsed) {
        column.present.push_back(row[i] ? 1 : 0);
        column.numbers.push_back(row[i] ? *logql::parse_float(*row[i]) : 0);
      }
      fields_.push_back({{}, {}, {}, column.numbers, column.present});
      return;
    }
    column.texts = {"used by no row"};
    for (const auto& row : parsed) column.codes.push_back(code_of(column, row[i]));
    for (const auto& text : column.texts) column.values.emplace_back(text);
    fields_.push_back({column.codes, column.values, {}, {}, {}});
  }

  static std::uint32_t code_of(Column& column, const Value& value) {
    if (!value) return FieldColumn::absent;
    const auto it = std::find(column.texts.begin(), column.texts.end(), *value);
    const auto code = static_cast<std::uint32_t>(it - column.texts.begin());
    if (it == column.texts.end()) column.texts.push_back(*value);
    return code;
  }

  // With the labels that matter only, if that is wished.
  const LabelSet* metadata_of(const LogEntry& row) {
    if (row.metadata.empty()) return nullptr;
    if (!projection_.metadata || push_ == Push::lines) return &row.metadata;
    LabelSet wanted;
    for (const auto& [name, value] : row.metadata)
      if (std::count(projection_.metadata->begin(), projection_.metadata->end(), name) > 0 ||
          !wish())
        wanted.set(name, value);
    return wanted.empty() ? nullptr : &*sets_.emplace(std::move(wanted)).first;
  }

  // To the end of what means the same, or so far that order remains.
  void move_times() {
    const Duration most{static_cast<std::int64_t>(random_())};
    for (Timestamp& t : times_) t = std::min(projection_.same_until(t), t + most);
  }

  static std::int64_t interval_of(Timestamp t, Duration d) {
    const std::int64_t ns = unix_ns(t) - 1;  // left-open
    return ns >= 0 ? ns / d.count() : -1 - (-1 - ns) / d.count();
  }

  // Neighbours of one interval and like metadata become one row.
  void coalesce() {
    std::size_t out = 0;
    std::vector<const LogEntry*> first;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const bool joins = out > 0 && wish() && metadata_[out - 1] == metadata_[i] &&
                         interval_of(times_[out - 1], projection_.coalesce) ==
                             interval_of(times_[i], projection_.coalesce);
      if (!joins) {
        times_[out] = times_[i], metadata_[out] = metadata_[i];
        first.push_back(rows_[i]);
        counts_.push_back(0), sizes_.push_back(0);
        ++out;
      }
      counts_.back() += 1, sizes_.back() += rows_[i]->line.size();
    }
    times_.resize(out), metadata_.resize(out);
    rows_ = std::move(first);
    batch_.counts = counts_;
    if (projection_.sizes) batch_.sizes = sizes_;
  }

  void give_lines() {
    if (batch_.counts.empty() && projection_.sizes && wish()) {
      for (const LogEntry* row : rows_) sizes_.push_back(row->line.size());
      batch_.sizes = sizes_;
    }
    const bool dispensable = !projection_.sizes || !batch_.sizes.empty();
    if (projection_.lines == LogProjection::Lines::on_demand && wish())
      batch_.loader = &loader_;
    else if (projection_.lines != LogProjection::Lines::none || !dispensable ||
             (batch_.counts.empty() && !wish()))
      for (const LogEntry* row : rows_) lines_.emplace_back(row->line);
    batch_.lines = lines_;
  }

  const LogProjection projection_;
  const Push push_;
  std::mt19937 random_;
  std::optional<logql::Pipeline> pipeline_;
  const LabelSet none_;
  std::set<LabelSet> sets_;
  Loader loader_;
  std::vector<const LogEntry*> rows_;
  LogBatch batch_;
  std::vector<Timestamp> times_;
  std::vector<std::string_view> lines_;
  std::vector<const LabelSet*> metadata_;
  std::vector<std::uint64_t> counts_, sizes_;
  std::vector<std::uint8_t> unparsed_;
  std::vector<Column> columns_;
  std::vector<FieldColumn> fields_;
};

}  // namespace sluice::query::test
