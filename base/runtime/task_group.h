// TaskGroup: owns coroutines, so that none is ever detached. It can cancel them and wait for them.
//
//   TaskGroup group;
//   group.spawn(strand, session->run());
//   ...
//   group.cancel();                       // terminal cancellation, on each task's own executor
//   group.wait_until(deadline);           // never on an I/O thread: it blocks
//
// Invariant: empty when destroyed (asserted). An exception that leaves a task is logged with the
// group's name and ends only that task. Thread-safe.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace sluice {

class TaskGroup {
 public:
  explicit TaskGroup(std::string name);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void spawn(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> task);
  void cancel();
  std::size_t size() const;
  // True once the group is empty; false if the deadline came first.
  bool wait_until(std::chrono::steady_clock::time_point deadline) const;
  void wait() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with the tasks' completion handlers
};

}  // namespace sluice
