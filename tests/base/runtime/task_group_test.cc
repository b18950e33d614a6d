#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>
#include <stdexcept>
#include <thread>

#include "base/runtime/io_runtime.h"
#include "base/runtime/task_group.h"

using namespace sluice;
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// Ends only by cancellation.
asio::awaitable<void> sleep_long() {
  asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
  boost::system::error_code ec;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
}

asio::awaitable<void> fail() {
  throw std::runtime_error("expected by the test");
  co_return;
}

}  // namespace

TEST_CASE("a group cancels all its tasks and waits for them") {
  IoRuntime runtime({});
  TaskGroup group("test");
  for (int i = 0; i < 20; ++i) group.spawn(asio::make_strand(runtime.context()), sleep_long());
  CHECK(group.size() == 20);
  group.cancel();
  CHECK(group.wait_until(std::chrono::steady_clock::now() + 60s));
}

TEST_CASE("an exception ends its task only") {
  IoRuntime runtime({});
  TaskGroup group("test");
  group.spawn(runtime.context().get_executor(), sleep_long());
  group.spawn(runtime.context().get_executor(), fail());
  while (group.size() > 1) std::this_thread::yield();
  CHECK(group.size() == 1);
  group.cancel();
  group.wait();
  CHECK(group.size() == 0);
}

// The signal of a task may be asked for before its slot is connected.
TEST_CASE("a task that is in the group when it is cancelled ends, however new it is") {
  IoRuntime runtime({});
  for (int i = 0; i < 300; ++i) {
    TaskGroup group("test");
      std::jthread canceller([&] {
      while (group.size() == 0) std::this_thread::yield();
      group.cancel();
    });
    group.spawn(asio::make_strand(runtime.context()), sleep_long());
    REQUIRE(group.wait_until(std::chrono::steady_clock::now() + 60s));
  }
}
