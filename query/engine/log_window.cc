#include "query/engine/log_window.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace sluice::query {

namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return a / b + (a % b > 0 ? 1 : 0);
}

// A first-in-first-out queue that knows the merge of its members.
class MergingQueue {
 public:
  bool empty() const { return front_.empty() && back_.empty(); }
  const WindowSpan& oldest() const {
    return front_.empty() ? back_.front().span : front_.back().span;
  }

  void push(const WindowSeries::Piece& piece) {
    back_.push_back(piece);
    if (back_.size() == 1)
      back_total_ = piece.aggregate;
    else
      back_total_.merge(piece.aggregate);
  }

  void pop() {
    if (front_.empty()) turn_over();
    front_.pop_back();
  }

  Aggregate total() const {
    if (front_.empty()) return back_total_;
    Aggregate all = front_.back().aggregate;
    if (!back_.empty()) all.merge(back_total_);
    return all;
  }

 private:
  // Moves the back to the front; there each member holds the merge of itself and all behind it.
  void turn_over() {
    for (; !back_.empty(); back_.pop_back()) {
      auto piece = back_.back();
      if (!front_.empty()) piece.aggregate.merge(front_.back().aggregate);
      front_.push_back(piece);
    }
  }

  std::vector<WindowSeries::Piece> front_;  // oldest last
  std::vector<WindowSeries::Piece> back_;   // newest last
  Aggregate back_total_;
};

}  // namespace

WindowPlan::WindowPlan(const StepGrid& grid, Duration range, Duration offset)
    : start_ns_(grid.start_ms * ns_per_ms - offset.count()),
      step_ns_(grid.step_ms * ns_per_ms),
      range_ns_(range.count()),
      steps_(grid.steps) {}

std::optional<WindowSpan> WindowPlan::span_of(Timestamp t) const {
  const std::int64_t from_start = unix_ns(t) - start_ns_;
  // Windows that end at or after t, and windows that begin at or after t.
  const std::int64_t first = std::max<std::int64_t>(0, ceil_div(from_start, step_ns_));
  const std::int64_t beyond = ceil_div(from_start + range_ns_, step_ns_);
  const std::int64_t last = std::min(beyond, static_cast<std::int64_t>(steps_)) - 1;
  if (last < first) return std::nullopt;
  return WindowSpan{static_cast<std::size_t>(first), static_cast<std::size_t>(last)};
}

WindowPlan::Stretch WindowPlan::stretch_at(Timestamp t) const {
  const std::int64_t from_start = unix_ns(t) - start_ns_;
  // Where the next window ends, and where the next one begins; only windows that exist count.
  const auto boundary = [this](std::int64_t steps, std::int64_t before) {
    if (steps >= static_cast<std::int64_t>(steps_)) return Timestamp::max();
    return from_unix_ns(start_ns_ + std::max<std::int64_t>(0, steps) * step_ns_ - before);
  };
  const Timestamp end = boundary(ceil_div(from_start, step_ns_), 0);
  const Timestamp begin = boundary(ceil_div(from_start + range_ns_, step_ns_), range_ns_);
  return {span_of(t), std::min(end, begin)};
}

Duration WindowPlan::interval() const {
  const std::int64_t ends = steps_ > 1 ? std::gcd(start_ns_, step_ns_) : start_ns_;
  return Duration{std::gcd(ends, range_ns_)};
}

TimeRange WindowPlan::samples() const {
  const auto end = start_ns_ + static_cast<std::int64_t>(steps_ - 1) * step_ns_;
  return {from_unix_ns(start_ns_ - range_ns_ + 1), from_unix_ns(end + 1)};
}

void Aggregate::add(Timestamp t, double value) {
  count += 1;
  sum.add(value);
  const double delta = value - mean;
  mean += delta / count;
  m2 += delta * (value - mean);
  // NaN gives way to any number, as in Prometheus.
  if (!(min <= value)) min = std::isnan(value) ? min : value;
  if (!(max >= value)) max = std::isnan(value) ? max : value;
  if (t < first_time) first_time = t, first = value;
  if (t >= last_time) last_time = t, last = value;
}

void Aggregate::merge(const Aggregate& other) {
  if (other.count == 0) return;
  const double total = count + other.count;
  const double delta = other.mean - mean;
  mean += delta * other.count / total;
  m2 += other.m2 + delta * delta * count * other.count / total;
  count = total;
  sum.merge(other.sum);
  min = std::fmin(min, other.min);
  max = std::fmax(max, other.max);
  if (other.first_time < first_time) first_time = other.first_time, first = other.first;
  if (other.last_time >= last_time) last_time = other.last_time, last = other.last;
}

Aggregate& WindowSeries::piece(WindowSpan span, bool& fresh) {
  fresh = false;
  if (!used_) {
    used_ = true;
    first_.span = span;
  }
  return first_.span == span ? first_.aggregate : other_piece(span, fresh);
}

Aggregate& WindowSeries::other_piece(WindowSpan span, bool& fresh) {
  // Batches come oldest first, so the last piece is nearly always the one.
  if (!rest_.empty() && rest_.back().span == span) return rest_.back().aggregate;
  const auto before = [](const WindowSpan& a, const WindowSpan& b) {
    return a.first != b.first ? a.first < b.first : a.last < b.last;
  };
  if (before(span, first_.span)) {
    fresh = true;
    rest_.insert(rest_.begin(), std::exchange(first_, Piece{span, {}}));
    return first_.aggregate;
  }
  auto it =
      std::lower_bound(rest_.begin(), rest_.end(), span,
                       [&](const Piece& a, const WindowSpan& b) { return before(a.span, b); });
  fresh = it == rest_.end() || it->span != span;
  if (fresh) it = rest_.insert(it, Piece{span, {}});
  return it->aggregate;
}

std::size_t WindowSeries::merge(const WindowSeries& other) {
  std::size_t fresh_ones = 0;
  for (std::size_t i = 0; i < other.size(); ++i) {
    bool fresh = false;
    piece(other.at(i).span, fresh).merge(other.at(i).aggregate);
    fresh_ones += fresh ? 1 : 0;
  }
  return fresh_ones;
}

void WindowSeries::evaluate(
    const std::function<void(std::size_t, const Aggregate&)>& at_step) const {
  if (rest_.empty()) {
    for (std::size_t step = first_.span.first; used_ && step <= first_.span.last; ++step)
      at_step(step, first_.aggregate);
    return;
  }
  MergingQueue queue;
  std::size_t next = 0;
  std::size_t step = 0;
  while (next < size() || !queue.empty()) {
    if (queue.empty()) step = std::max(step, at(next).span.first);
    while (next < size() && at(next).span.first <= step) queue.push(at(next++));
    while (!queue.empty() && queue.oldest().last < step) queue.pop();
    if (!queue.empty()) at_step(step++, queue.total());
  }
}

}  // namespace sluice::query
