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

#include "tests/daemon/push_views.h"
#include "tests/daemon/sent_push.h"
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

constexpr const char* child_test = "the pushing child of the crash test";
constexpr std::size_t seal_bytes = 6000;

std::string next_variable(int source) {
  return "SLUICE_CRASH_NEXT_" + std::to_string(source);
}

std::string source_name(int source) {
  return std::string(32, static_cast<char>('a' + source));
}
std::string line_of(int source, int push, int k) {
  return std::to_string(source) + "-" + std::to_string(push) + "-" + std::to_string(k);
}

// Pushes for ever, beginning with the push before `next`, which was acknowledged already.
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
    const std::vector<StreamEntries> owned = {entries};
    LogPush whole{default_tenant(), views_of(owned), identity};
    if (!store.push(push % 2 == 1 ? as_sent(std::move(whole)) : std::move(whole))) ::_exit(3);
    const Ack ack{source, push};
    if (::write(pipe, &ack, sizeof ack) != sizeof ack) ::_exit(4);
  }
}

std::string env(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// A process of its own: RocksDB does not survive a fork.
[[noreturn]] void exec_child(const std::string& path, const std::map<int, int>& next, int pipe) {
  ::setenv("SLUICE_CRASH_PATH", path.c_str(), 1);
  ::setenv("SLUICE_CRASH_PIPE", std::to_string(pipe).c_str(), 1);
  for (const auto& [source, push] : next)
    ::setenv(next_variable(source).c_str(), std::to_string(push).c_str(), 1);
  ::execl("/proc/self/exe", "test_storage", child_test, static_cast<char*>(nullptr));
  ::_exit(5);
}

std::vector<Ack> run_and_kill(StoreFixture& fixture, const std::map<int, int>& next,
                              std::chrono::microseconds life) {
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) exec_child(fixture.options.path, next, pipe[1]);
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
  INFO("exit status " << WEXITSTATUS(status));
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
  return acks;
}

}  // namespace

// Hidden: run by the test below, in a process of its own, until it is killed.
TEST_CASE("the pushing child of the crash test", "[.]") {
  StoreFixture fixture;
  fixture.options.path = env("SLUICE_CRASH_PATH");
  fixture.options.seal_bytes = seal_bytes;
  fixture.hooks.background = true;
  if (!fixture.try_open()) ::_exit(2);
  const int pipe = std::stoi(env("SLUICE_CRASH_PIPE"));
  std::vector<std::thread> threads;
  for (int source = 0; source < sources; ++source)
    threads.emplace_back(push_forever, std::ref(fixture.store()), source,
                         std::stoi(env(next_variable(source).c_str())), pipe);
  for (;;) fixture.store().tick();
}

TEST_CASE("after kill -9 every acknowledged entry is there once, and marks fit the entries") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  StoreFixture fixture;
  fixture.options.seal_bytes = seal_bytes;
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
