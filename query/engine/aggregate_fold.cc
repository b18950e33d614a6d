// Aggregations that fold series one by one: sum, avg, min, max, count, group, stddev, stdvar.
#include <cmath>
#include <functional>

#include "query/engine/aggregate.h"
#include "query/engine/numeric.h"

namespace sluice::query {

namespace {

// State holds one step's running value; it has add(double) and value(), and begins empty.
template <class State>
class ColumnFold : public Fold {
 public:
  explicit ColumnFold(std::size_t steps) : states_(steps), seen_(steps, false) {}

  void add(const GridSeries& series) override {
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      const double value = series.values[i];
      if (is_absent(value)) continue;
      if (!State::takes_histograms && is_histogram(value)) {
        ignored_ = true;
        continue;
      }
      states_[i].add(value);
      seen_[i] = true;
    }
  }
  void merge(const Fold& other) override {
    const auto& from = static_cast<const ColumnFold&>(other);
    ignored_ = ignored_ || from.ignored_;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (!from.seen_[i]) continue;
      states_[i].merge(from.states_[i]);
      seen_[i] = true;
    }
  }
  GridSeries finish(FoldNotes& notes) const override {
    notes.ignored = notes.ignored || ignored_;
    GridSeries out{{}, std::vector<double>(states_.size(), absent_value)};
    for (std::size_t i = 0; i < out.values.size(); ++i)
      if (seen_[i]) out.values[i] = states_[i].value();
    return out;
  }

 private:
  std::vector<State> states_;
  std::vector<bool> seen_;
  bool ignored_ = false;
};

// Sums or means, of floats and of histograms. A step with both has no result, nor has one with
// histograms that do not add up.
template <class State, bool mean>
class SumFold : public Fold {
 public:
  explicit SumFold(std::size_t steps) : states_(steps), floats_(steps, false) {}

  void add(const GridSeries& series) override {
    if (!series.histograms.empty() && totals_.empty()) totals_.resize(states_.size());
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      const double value = series.values[i];
      if (is_absent(value)) continue;
      if (const NativeHistogram* histogram = series.histogram(value)) {
        add_histogram_at(i, *histogram);
      } else {
        states_[i].add(value);
        floats_[i] = true;
      }
    }
  }
  void merge(const Fold& other) override {
    const auto& from = static_cast<const SumFold&>(other);
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (!from.floats_[i]) continue;
      states_[i].merge(from.states_[i]);
      floats_[i] = true;
    }
    if (from.totals_.empty()) return;
    if (totals_.empty()) totals_.resize(states_.size());
    for (std::size_t i = 0; i < totals_.size(); ++i) merge_total(totals_[i], from.totals_[i]);
  }
  GridSeries finish(FoldNotes& notes) const override {
    GridSeries out{{}, std::vector<double>(states_.size(), absent_value)};
    for (std::size_t i = 0; i < out.values.size(); ++i) {
      if (totals_.empty() || !totals_[i].sum)
        out.values[i] = floats_[i] ? states_[i].value() : absent_value;
      else
        finish_histogram(i, out, notes);
    }
    return out;
  }

 private:
  struct Total {
    std::optional<NativeHistogram> sum;
    std::size_t count = 0;
    bool broken = false;
    HistogramNotes notes;
  };

  static void merge_total(Total& total, const Total& from) {
    if (!from.sum) return;
    total.count += from.count;
    total.broken = total.broken || from.broken;
    total.notes.reconciled = total.notes.reconciled || from.notes.reconciled;
    total.notes.collision = total.notes.collision || from.notes.collision;
    if (!total.sum)
      total.sum = from.sum;
    else if (!total.broken)
      total.broken = !add_to(*total.sum, *from.sum, total.notes);
  }
  void add_histogram_at(std::size_t step, const NativeHistogram& histogram) {
    Total& total = totals_[step];
    ++total.count;
    if (!total.sum)
      total.sum = histogram;
    else if (!total.broken)
      total.broken = !add_to(*total.sum, histogram, total.notes);
  }
  void finish_histogram(std::size_t step, GridSeries& out, FoldNotes& notes) const {
    const Total& total = totals_[step];
    if (floats_[step]) {
      notes.mixed = true;
      return;
    }
    notes.operation.reconciled = notes.operation.reconciled || total.notes.reconciled;
    notes.operation.collision = notes.operation.collision || total.notes.collision;
    if (total.broken) {
      notes.mixed_schemas = true;
      return;
    }
    NativeHistogram result = *total.sum;
    if (mean) divide(result, static_cast<double>(total.count));
    out.values[step] =
        add_histogram(out.histograms, std::make_shared<const NativeHistogram>(std::move(result)));
  }

  std::vector<State> states_;
  std::vector<bool> floats_;
  std::vector<Total> totals_;  // empty until a histogram comes
};

class Counter {
 public:
  static constexpr bool takes_histograms = true;
  void add(double) { ++count_; }
  void merge(const Counter& other) { count_ += other.count_; }
  double value() const { return count_; }

 private:
  double count_ = 0;
};

class One {
 public:
  static constexpr bool takes_histograms = true;
  void add(double) {}
  void merge(const One&) {}
  double value() const { return 1; }
};

// The extreme; NaN only if there is nothing else.
template <class Better>
class Extreme {
 public:
  static constexpr bool takes_histograms = false;
  void add(double v) {
    if (first_ || Better{}(v, value_) || std::isnan(value_)) value_ = v;
    first_ = false;
  }
  void merge(const Extreme& other) {
    if (!other.first_) add(other.value_);
  }
  double value() const { return value_; }

 private:
  double value_ = 0;
  bool first_ = true;
};

class Deviation {
 public:
  static constexpr bool takes_histograms = false;
  void add(double v) { variance_.add(v); }
  void merge(const Deviation& other) { variance_.merge(other.variance_); }
  double value() const { return std::sqrt(variance_.value()); }

 private:
  Variance variance_;
};

class SquaredDeviation : public Variance {
 public:
  static constexpr bool takes_histograms = false;
};

}  // namespace

std::unique_ptr<Fold> make_fold(std::string_view op, std::size_t steps) {
  if (op == "sum") return std::make_unique<SumFold<KahanSum, false>>(steps);
  if (op == "avg") return std::make_unique<SumFold<Mean, true>>(steps);
  if (op == "min") return std::make_unique<ColumnFold<Extreme<std::less<>>>>(steps);
  if (op == "max") return std::make_unique<ColumnFold<Extreme<std::greater<>>>>(steps);
  if (op == "count") return std::make_unique<ColumnFold<Counter>>(steps);
  if (op == "group") return std::make_unique<ColumnFold<One>>(steps);
  if (op == "stddev") return std::make_unique<ColumnFold<Deviation>>(steps);
  if (op == "stdvar") return std::make_unique<ColumnFold<SquaredDeviation>>(steps);
  return nullptr;
}

}  // namespace sluice::query
