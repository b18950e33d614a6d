// sort, sort_desc, sort_by_label, sort_by_label_desc: visible in instant queries only.
#include <algorithm>
#include <cmath>

#include "query/engine/functions.h"
#include "query/engine/sorting.h"

namespace sluice::query {

void sort_by_value(GridVector& vector, bool descending) {
  if (vector.empty() || vector.front().values.size() != 1) return;
  std::stable_sort(vector.begin(), vector.end(), [&](const GridSeries& a, const GridSeries& b) {
    const double x = a.values[0];
    const double y = b.values[0];
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
    return descending ? x > y : x < y;
  });
}

namespace {

template <bool descending>
Result<EvalValue> sort_values(const FunctionCall& call) {
  SLUICE_TRY(auto vector, call.evaluator.eval_vector(call.argument(0), call.grid));
  drop_histograms(vector);
  sort_by_value(vector, descending);
  return EvalValue{std::move(vector)};
}

// "item2" before "item10": runs of digits compare as numbers.
bool natural_less(std::string_view a, std::string_view b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto take_number = [&](std::string_view& text) {
    const auto end = std::find_if_not(text.begin(), text.end(), digit);
    auto run = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(run.size());
    while (run.size() > 1 && run.front() == '0') run.remove_prefix(1);
    return run;
  };
  while (!a.empty() && !b.empty()) {
    if (digit(a.front()) && digit(b.front())) {
      const auto x = take_number(a);
      const auto y = take_number(b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      continue;
    }
    if (a.front() != b.front()) return a.front() < b.front();
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

template <bool descending>
Result<EvalValue> sort_labels(const FunctionCall& call) {
  SLUICE_TRY(auto vector, call.evaluator.eval_vector(call.argument(0), call.grid));
  std::vector<std::string> names;
  for (std::size_t i = 1; i < call.size(); ++i) {
    SLUICE_TRY(auto name, call.evaluator.eval(call.argument(i), call.grid));
    names.push_back(std::get<std::string>(std::move(name)));
  }
  std::sort(vector.begin(), vector.end(), [&](const GridSeries& a, const GridSeries& b) {
    for (const std::string& name : names) {
      const auto x = a.labels.get(name);
      const auto y = b.labels.get(name);
      if (x != y) return descending ? natural_less(y, x) : natural_less(x, y);
    }
    return descending ? b.labels < a.labels : a.labels < b.labels;
  });
  return EvalValue{std::move(vector)};
}

}  // namespace

std::vector<Function> sort_functions() {
  const auto vector = ValueType::instant_vector;
  const auto text = ValueType::string;
  return {Function{"sort", vector, {vector}, 0, sort_values<false>},
          Function{"sort_desc", vector, {vector}, 0, sort_values<true>},
          Function{"sort_by_label", vector, {vector, text}, -1, sort_labels<false>},
          Function{"sort_by_label_desc", vector, {vector, text}, -1, sort_labels<true>}};
}

}  // namespace sluice::query
