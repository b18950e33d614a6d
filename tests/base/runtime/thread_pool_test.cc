#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <thread>

#include "base/runtime/io_runtime.h"

using namespace sluice;

TEST_CASE("a pool runs what it took, and its destructor waits for it") {
  std::atomic<int> ran{0};
  {
    ThreadPool pool("test", 3, 100);
    for (int i = 0; i < 50; ++i) REQUIRE(pool.submit([&] { ++ran; }));
  }
  CHECK(ran == 50);
}

TEST_CASE("a full queue refuses and stays as it was") {
  // Before the pool: its threads may still be inside set_value() when the waiter has woken.
  std::promise<void> started;
  std::promise<void> go;
  std::promise<void> last;
  std::atomic<int> ran{0};
  ThreadPool pool("test", 1, 2);
  REQUIRE(pool.submit([&] {
    started.set_value();
    go.get_future().wait();
  }));
  started.get_future().wait();
  CHECK(pool.submit([&] { ++ran; }));
  CHECK(pool.submit([&] { ++ran; }));
  CHECK_FALSE(pool.submit([&] { ++ran; }));
  CHECK(pool.queued() == 2);
  go.set_value();
  while (!pool.submit([&] { last.set_value(); })) std::this_thread::yield();
  last.get_future().wait();
  CHECK(ran == 2);
}

TEST_CASE("a runtime can be stopped twice") {
  std::promise<void> ran;
  IoRuntime runtime({});
  runtime.stop();
  runtime.stop();
  CHECK(runtime.query_pool().submit([&] { ran.set_value(); }));
  ran.get_future().wait();
}

TEST_CASE("what can be done without goes to idle threads only") {
  std::promise<void> go;
  const auto wait = go.get_future().share();
  std::atomic<int> ran{0};
  ThreadPool pool("test", 2, 100);
  // Threads count as idle once they wait.
  while (!pool.submit_if_idle([&, wait] {
    ++ran;
    wait.wait();
  }))
    std::this_thread::yield();
  while (!pool.submit_if_idle([&, wait] {
    ++ran;
    wait.wait();
  }))
    std::this_thread::yield();
  while (ran < 2) std::this_thread::yield();
  CHECK_FALSE(pool.submit_if_idle([&] { ++ran; }));
  CHECK(pool.queued() == 0);
  go.set_value();
}
