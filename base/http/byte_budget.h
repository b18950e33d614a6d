// ByteBudget: how many bytes of request bodies may be in memory at once, over all connections.
//
// A Hold is taken before a body is read and given back when the request is answered. Nothing
// waits: no room is an answer (429). Lock-free, any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace sluice::http {

class ByteBudget {
 public:
  explicit ByteBudget(std::size_t limit) : limit_(limit) {}

  // Bytes held until destroyed. The budget must outlive it.
  class Hold {
   public:
    explicit Hold(ByteBudget& budget) : budget_(&budget) {}
    Hold(Hold&& other) noexcept
        : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
    Hold& operator=(Hold&&) = delete;
    ~Hold() { release(); }
    void release() { budget_->used_ -= std::exchange(bytes_, 0); }

    // Holds at least `bytes` in total; false if the budget does not allow it.
    [[nodiscard]] bool grow_to(std::size_t bytes) {
      if (bytes <= bytes_) return true;
      if (!budget_->take(bytes - bytes_)) return false;
      bytes_ = bytes;
      return true;
    }

   private:
    ByteBudget* budget_;
    std::size_t bytes_ = 0;
  };

  std::size_t used() const { return used_; }

 private:
  bool take(std::size_t bytes) {
    std::size_t used = used_;
    do {
      if (bytes > limit_ || used > limit_ - bytes) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes));
    return true;
  }

  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace sluice::http
