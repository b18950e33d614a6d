// kill -9 amid writes, seals and merges of samples: what was acknowledged is there, once.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <random>
#include <thread>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr int sample_writers = 3;
constexpr int series_of_writer = 4;
constexpr std::int64_t crash_noon_ms = noon / 1'000'000;
constexpr const char* sample_child = "the writing child of the sample crash test";

struct SampleAck {
  int writer;
  int write;
};

// Write number i of a writer gives all its series a sample at i with the value i.
std::vector<SeriesSamples> write_of(int writer, int write) {
  std::vector<SeriesSamples> series;
  for (int k = 0; k < series_of_writer; ++k)
    series.push_back(
        {{{"__name__", "crash"}, {"w", std::to_string(writer)}, {"k", std::to_string(k)}},
         {{crash_noon_ms + write, static_cast<double>(write)}}});
  return series;
}

void write_forever(RocksStore& store, int writer, int next, int pipe) {
  for (int write = next;; ++write) {
    if (!store.write(default_tenant(), write_of(writer, write), {})) ::_exit(3);
    const SampleAck ack{writer, write};
    if (::write(pipe, &ack, sizeof ack) != sizeof ack) ::_exit(4);
  }
}

std::string variable(const std::string& name) {
  const char* value = std::getenv(("SLUICE_SAMPLE_CRASH_" + name).c_str());
  return value ? value : "";
}

[[noreturn]] void exec_sample_child(const std::string& path, const std::vector<int>& next,
                                    int pipe) {
  const auto set = [](const std::string& name, const std::string& value) {
    ::setenv(("SLUICE_SAMPLE_CRASH_" + name).c_str(), value.c_str(), 1);
  };
  set("PATH", path);
  set("PIPE", std::to_string(pipe));
  for (int w = 0; w < sample_writers; ++w)
    set("NEXT_" + std::to_string(w), std::to_string(next[static_cast<std::size_t>(w)]));
  ::execl("/proc/self/exe", "test_storage", sample_child, static_cast<char*>(nullptr));
  ::_exit(5);
}

// Moves `next` behind what was acknowledged.
void write_until_killed(StoreFixture& fixture, std::vector<int>& next,
                        std::chrono::microseconds life) {
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) exec_sample_child(fixture.options.path, next, pipe[1]);
  ::close(pipe[1]);
  SampleAck ack{};
  const auto take = [&] {
    if (::read(pipe[0], &ack, sizeof ack) != sizeof ack) return false;
    next[static_cast<std::size_t>(ack.writer)] = ack.write + 1;
    return true;
  };
  if (take()) std::this_thread::sleep_for(life);  // its life begins with its first acknowledgement
  REQUIRE(::kill(child, SIGKILL) == 0);
  while (take()) {
  }
  ::close(pipe[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
}

}  // namespace

// Hidden: run by the test below, in a process of its own, until it is killed.
TEST_CASE("the writing child of the sample crash test", "[.]") {
  StoreFixture fixture;
  fixture.options.path = variable("PATH");
  if (!fixture.try_open()) ::_exit(2);
  const int pipe = std::stoi(variable("PIPE"));
  std::vector<std::thread> threads;
  for (int w = 0; w < sample_writers; ++w)
    threads.emplace_back(write_forever, std::ref(fixture.store()), w,
                         std::stoi(variable("NEXT_" + std::to_string(w))), pipe);
  for (;;) {
    if (!fixture.store().flush() || !fixture.store().merge_now()) ::_exit(6);
  }
}

TEST_CASE("after kill -9 every acknowledged sample is there once") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  StoreFixture fixture;
  std::vector<int> next(sample_writers, 0);
  for (int round = 0; round < 6; ++round) {
    write_until_killed(fixture, next, std::chrono::microseconds(random() % 200'000));
    fixture.open();
    const auto found = fixture.samples("crash", INT64_MIN, INT64_MAX);
    std::size_t whole = 0;
    for (const auto& series : found) {
      const int writer = std::stoi(std::string(series.labels.get("w")));
      const auto acknowledged = static_cast<std::size_t>(next[static_cast<std::size_t>(writer)]);
      // One more may be durable whose acknowledgement was not read.
      CHECK(series.samples.size() >= acknowledged);
      CHECK(series.samples.size() <= acknowledged + 1);
      for (std::size_t i = 0; i < series.samples.size(); ++i)
        whole += series.samples[i].timestamp_ms == crash_noon_ms + static_cast<std::int64_t>(i) &&
                         series.samples[i].value == static_cast<double>(i)
                     ? 0
                     : 1;
      next[static_cast<std::size_t>(writer)] = static_cast<int>(series.samples.size());
    }
    CHECK(whole == 0);
    CHECK(found.size() <= sample_writers * series_of_writer);
    const auto report = fixture.store().check([] { return false; });
    REQUIRE(report.has_value());
    CHECK(report->damaged == 0);
    CHECK(metric(fixture.metrics, "sluice_storage_corrupt_total") == 0);
    fixture.close();
  }
}
