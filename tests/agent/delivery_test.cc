// What the tailer does with each kind of answer.
#include <catch2/catch_test_macros.hpp>

#include "tests/agent/tail_fixture.h"

namespace sluice::agent::test {
namespace {

using Lines = std::vector<std::string>;

Outcome answer(OutcomeKind kind, int status = 0) {
  Outcome out;
  out.kind = kind;
  out.status = status;
  out.message = "because";
  return out;
}

}  // namespace

TEST_CASE("a source's id is durable before its first batch", "[delivery]") {
  TailFixture t;
  t.write("app.log", "one\n");
  t.step();
  t.step();
  REQUIRE(t.sent.size() == 1);
  const auto saved = decode_checkpoint(t.logs.read("state/checkpoint"));
  REQUIRE(saved.has_value());
  REQUIRE(saved->sources.size() == 1);
  CHECK(saved->sources[0].id == t.sent[0].identity.source);
}

TEST_CASE("nothing is sent while the checkpoint cannot be saved", "[delivery]") {
  TailFixture t;
  t.logs.make_dir("state/checkpoint.tmp");  // cannot be opened for writing
  t.write("app.log", "one\n");
  t.settle();
  CHECK(t.server.lines.empty());
  CHECK(t.agent_metrics->checkpoint_errors.value() > 0);
  t.logs.remove("state/checkpoint.tmp");
  t.settle();
  CHECK(t.server.texts() == Lines{"one"});
}

TEST_CASE("a kill at any moment loses and doubles nothing", "[delivery]") {
  TailFixture t;
  for (int i = 0; i < 30; ++i) {
    t.append("app.log", "line " + std::to_string(i) + "\n");
    t.step();
    t.step();
    if (i % 3 == 0)
      for (const auto& batch : t.sent) t.server.push(batch);  // the answer is lost
    if (i % 3 == 1) t.deliver();
    t.kill();
    t.start();
  }
  t.settle();
  Lines expected;
  for (int i = 0; i < 30; ++i) expected.push_back("line " + std::to_string(i));
  CHECK(t.server.texts() == expected);
}

TEST_CASE("an old checkpoint is made good by the server's mark", "[delivery]") {
  TailFixture t;
  t.write("app.log", "one\n");
  t.settle();
  t.tailer->save(t.now);
  const auto old = t.logs.read("state/checkpoint");
  t.append("app.log", "two\nthree\n");
  t.settle();
  t.stop();
  t.logs.write("state/checkpoint", old);
  t.logs.remove("state/checkpoint.prev");
  t.start();
  t.append("app.log", "four\n");
  t.settle();
  CHECK(t.server.texts() == Lines{"one", "two", "three", "four"});
}

TEST_CASE("when the server has less the agent goes back", "[delivery]") {
  TailFixture t;
  t.write("app.log", "one\ntwo\n");
  t.settle();
  const auto source = t.server.high.begin()->first;
  t.server.high[source] = 4;
  t.server.lines.pop_back();
  t.append("app.log", "three\n");
  t.settle();
  CHECK(t.server.texts() == Lines{"one", "two", "three"});
  CHECK(t.agent_metrics->go_backs.value() == 1);
}

TEST_CASE("a server that is away is asked by one probe at a time", "[delivery]") {
  TailFixture t;
  for (int i = 0; i < 20; ++i) t.write("f" + std::to_string(i) + ".log", "line\n");
  std::size_t attempts = 0;
  t.server.fault = [&](const Batch&) {
    ++attempts;
    return std::optional(answer(OutcomeKind::retry_server, 503));
  };
  for (int i = 0; i < 600; ++i) {
    t.step();
    t.deliver();
  }
  CHECK(attempts < 60);  // thirty seconds apart after a while
  CHECK(t.agent_metrics->server_up.value() == 0);
  t.server.fault = nullptr;
  for (int i = 0; i < 5; ++i) t.settle();
  CHECK(t.server.texts().size() == 20);
  CHECK(t.agent_metrics->server_up.value() == 1);
}

TEST_CASE("a throttled source does not hold up the others", "[delivery]") {
  TailFixture t;
  t.write("busy.log", "busy\n");
  t.write("calm.log", "calm\n");
  t.server.fault = [](const Batch& batch) -> std::optional<Outcome> {
    if (!batch.labels.get("filename").ends_with("busy.log")) return std::nullopt;
    auto out = answer(OutcomeKind::retry_source, 429);
    out.retry_after = std::chrono::seconds(3600);
    return out;
  };
  t.settle();
  CHECK(t.server.texts() == Lines{"calm"});
}

TEST_CASE("Retry-After is honoured", "[delivery]") {
  TailFixture t;
  t.write("app.log", "one\n");
  std::size_t attempts = 0;
  t.server.fault = [&](const Batch&) {
    ++attempts;
    auto out = answer(OutcomeKind::retry_source, 429);
    out.retry_after = std::chrono::seconds(60);
    return std::optional(out);
  };
  for (int i = 0; i < 59; ++i) {
    t.step();
    t.deliver();
  }
  CHECK(attempts == 1);
}

TEST_CASE("one bad line among many goes to quarantine alone", "[delivery]") {
  TailFixture t;
  std::string text;
  for (int i = 0; i < 100; ++i) text += i == 37 ? "poison\n" : "line " + std::to_string(i) + "\n";
  t.write("app.log", text);
  t.server.fault = [](const Batch& batch) -> std::optional<Outcome> {
    for (const auto& line : batch.lines)
      if (batch.text(line) == "poison") return answer(OutcomeKind::rejected, 400);
    return std::nullopt;
  };
  for (int i = 0; i < 5; ++i) t.settle();
  CHECK(t.server.texts().size() == 99);
  CHECK(t.agent_metrics->quarantined_lines.value() == 1);
  CHECK(t.server.lost_bytes() == 7);  // declared with gap=loss
  const auto kept = t.logs.read("state/quarantine.log");
  CHECK(kept.find("status=400") != std::string::npos);
  CHECK(kept.find("message=\"because\"") != std::string::npos);
  CHECK(kept.find("\npoison\n") != std::string::npos);
}

TEST_CASE("a server that takes nothing fills the quarantine and not time", "[delivery]") {
  TailFixture t;
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "line " + std::to_string(i) + "\n";
  t.write("app.log", text);
  std::size_t attempts = 0;
  t.server.fault = [&](const Batch&) {
    ++attempts;
    return std::optional(answer(OutcomeKind::rejected, 400));
  };
  for (int i = 0; i < 5; ++i) t.settle();
  CHECK(t.agent_metrics->quarantined_lines.value() == 5000);
  CHECK(attempts < 50);
  t.server.fault = nullptr;
  t.append("app.log", "good\n");
  t.settle();
  CHECK(t.server.texts() == Lines{"good"});
}

TEST_CASE("a gap declared by quarantine survives a restart", "[delivery]") {
  TailFixture t;
  t.write("app.log", "poison\n");
  t.server.fault = [](const Batch&) { return std::optional(answer(OutcomeKind::rejected, 422)); };
  t.settle();
  t.server.fault = nullptr;
  t.restart();
  t.append("app.log", "good\n");
  t.settle();
  CHECK(t.server.texts() == Lines{"good"});
  CHECK(t.server.lost_bytes() == 7);
  CHECK(t.agent_metrics->go_backs.value() == 0);
}

TEST_CASE("batches in flight are bounded, one per source", "[delivery]") {
  TailFixture t;
  for (int i = 0; i < 20; ++i) t.write("f" + std::to_string(i) + ".log", "line\n");
  for (int i = 0; i < 10; ++i) t.step();
  CHECK(t.sent.size() == 4);
  std::set<std::string> sources;
  for (const auto& batch : t.sent) sources.insert(batch.identity.source);
  CHECK(sources.size() == 4);
}

TEST_CASE("stopping flushes what is there", "[delivery]") {
  TailFixture t;
  t.write("app.log", "one\ntwo\nhalf");
  t.step();
  t.step(Duration{0}, Urgency::flush);
  t.deliver();
  t.step(Duration{0}, Urgency::flush);
  CHECK(t.server.texts() == Lines{"one", "two"});
  CHECK(t.tailer->drained(t.now, Urgency::flush));
}

}  // namespace sluice::agent::test
