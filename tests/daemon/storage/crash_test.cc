// kill -9 in the middle of work: what was acknowledged is there once, marks and entries agree.
//
// A child pushes from several threads and reports each acknowledgement through a pipe; the parent
// kills it at a random moment, opens the store and compares.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <map>
#include <random>
#include <thread>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

constexpr int sources = 4;

// One acknowledged push.
struct Ack {
  int source;
  int push;
};

std::string source_name(int source) {
  return std::string(32, static_cast<char>('a' + source));
}
std::string line_of(int source, int push, int k) {
  return std::to_string(source) + "-" + std::to_string(push) + "-" + std::to_string(k);
}

// Pushes for ever; the first push to send is `next`, what it sends again is up to `resend` pushes.
void push_forever(RocksStore& store, int source, int next, int pipe) {
  std::uint64_t offset = 0;
  for (int push = 0;; ++push) {
    BatchIdentity identity;
    identity.agent = AgentId("agent");
    identity.source = source_name(source);
    identity.start = offset;
    StreamEntries entries{{{"source", source_name(source)}}, {}};
    for (int k = 0; k < 3; ++k) {
      std::string line = line_of(source, push, k);
      offset += line.size() + 1;
      identity.ends.push_back(offset);
      entries.entries.push_back(entry(noon + push, std::move(line)));
    }
    identity.end = offset;
    if (push < next - 1) continue;  // the one before `next` is sent again
    if (!store.push({default_tenant(), {std::move(entries)}, identity})) ::_exit(3);
    const Ack ack{source, push};
    if (::write(pipe, &ack, sizeof ack) != sizeof ack) ::_exit(4);
  }
}

[[noreturn]] void run_child(StoreFixture& fixture, const std::map<int, int>& next, int pipe) {
  fixture.hooks.background = true;
  if (!fixture.try_open()) ::_exit(2);
  std::vector<std::thread> threads;
  for (int source = 0; source < sources; ++source)
    threads.emplace_back(push_forever, std::ref(fixture.store()), source, next.at(source), pipe);
  for (;;) fixture.store().tick();
}

std::vector<Ack> run_and_kill(StoreFixture& fixture, const std::map<int, int>& next,
                              std::chrono::microseconds life) {
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(pipe[0]);
    run_child(fixture, next, pipe[1]);
  }
  ::close(pipe[1]);
  std::vector<Ack> acks;
  Ack ack{};
  // Its life begins with its first acknowledgement.
  if (::read(pipe[0], &ack, sizeof ack) == sizeof ack) {
    acks.push_back(ack);
    std::this_thread::sleep_for(life);
  }
  REQUIRE(::kill(child, SIGKILL) == 0);
  while (::read(pipe[0], &ack, sizeof ack) == sizeof ack) acks.push_back(ack);
  ::close(pipe[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  return acks;
}

}  // namespace

TEST_CASE("after kill -9 every acknowledged entry is there once, and marks fit the entries") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  StoreFixture fixture;
  fixture.options.seal_bytes = 6000;
  std::map<int, int> next;
  for (int source = 0; source < sources; ++source) next[source] = 0;
  for (int round = 0; round < 6; ++round) {
    const std::chrono::microseconds life(random() % 150'000);
    const auto acks = run_and_kill(fixture, next, life);
    for (const auto& ack : acks) next[ack.source] = std::max(next[ack.source], ack.push + 1);
    fixture.open();
    std::map<std::string, int> seen;
    for (const auto& line : fixture.lines()) ++seen[line];
    for (int source = 0; source < sources; ++source) {
      std::uint64_t bytes = 0;
      for (int push = 0; push < next[source]; ++push)
        for (int k = 0; k < 3; ++k) {
          const auto line = line_of(source, push, k);
          CHECK(seen[line] == 1);
        }
      // The mark is at the end of what is stored: no more, no less.
      for (const auto& found : fixture.query_all())
        if (found.labels.get("source") == source_name(source)) bytes += found.entry.line.size() + 1;
      BatchIdentity identity;
      identity.agent = AgentId("agent");
      identity.source = source_name(source);
      CHECK(*fixture.store().high_water(fixture.tenant, identity) == bytes);
    }
    for (const auto& [line, times] : seen) CHECK(times == 1);
    fixture.close();
  }
}
