// QueryMemory: what all running queries may hold together. Shared by the contexts of the queries
// that people and tools send; rules and gates have budgets of their own, so that no dashboard keeps
// an alert from being evaluated. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice::query {

class QueryMemory {
 public:
  explicit QueryMemory(std::size_t limit_bytes) : limit_(limit_bytes) {}

  std::size_t limit() const { return limit_; }
  std::int64_t held() const { return held_.load(std::memory_order_relaxed); }
  // Accounts bytes, or with a negative number gives them back. False if all then hold more than the
  // limit: who asked must fail and give back what it has.
  bool account(std::int64_t bytes);

 private:
  const std::size_t limit_;
  std::atomic<std::int64_t> held_{0};
};

}  // namespace sluice::query
