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

  void add(std::span<const double> values) override {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (is_absent(values[i])) continue;
      states_[i].add(values[i]);
      seen_[i] = true;
    }
  }
  std::vector<double> finish() const override {
    std::vector<double> values(states_.size(), absent_value);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (seen_[i]) values[i] = states_[i].value();
    return values;
  }

 private:
  std::vector<State> states_;
  std::vector<bool> seen_;
};

class Counter {
 public:
  void add(double) { ++count_; }
  double value() const { return count_; }

 private:
  double count_ = 0;
};

class One {
 public:
  void add(double) {}
  double value() const { return 1; }
};

// The extreme; NaN only if there is nothing else.
template <class Better>
class Extreme {
 public:
  void add(double v) {
    if (first_ || Better{}(v, value_) || std::isnan(value_)) value_ = v;
    first_ = false;
  }
  double value() const { return value_; }

 private:
  double value_ = 0;
  bool first_ = true;
};

class Deviation {
 public:
  void add(double v) { variance_.add(v); }
  double value() const { return std::sqrt(variance_.value()); }

 private:
  Variance variance_;
};

}  // namespace

std::unique_ptr<Fold> make_fold(std::string_view op, std::size_t steps) {
  if (op == "sum") return std::make_unique<ColumnFold<KahanSum>>(steps);
  if (op == "avg") return std::make_unique<ColumnFold<Mean>>(steps);
  if (op == "min") return std::make_unique<ColumnFold<Extreme<std::less<>>>>(steps);
  if (op == "max") return std::make_unique<ColumnFold<Extreme<std::greater<>>>>(steps);
  if (op == "count") return std::make_unique<ColumnFold<Counter>>(steps);
  if (op == "group") return std::make_unique<ColumnFold<One>>(steps);
  if (op == "stddev") return std::make_unique<ColumnFold<Deviation>>(steps);
  if (op == "stdvar") return std::make_unique<ColumnFold<Variance>>(steps);
  return nullptr;
}

}  // namespace sluice::query
