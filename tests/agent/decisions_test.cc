// The pure decisions, as tables.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "agent/batch/backoff.h"
#include "agent/batch/fingerprint.h"
#include "agent/ship/verdict.h"
#include "agent/tail/copies.h"
#include "agent/tail/glob.h"
#include "agent/tail/groups.h"
#include "agent/tail/lifecycle.h"
#include "agent/tail/pace.h"

namespace sluice::agent {
namespace {

constexpr Duration second = std::chrono::seconds(1);

SourceRecord record(std::uint64_t acked, std::uint64_t size) {
  SourceRecord r;
  r.print.id = {1, 2, 3};
  r.acked = acked;
  r.size = size;
  return r;
}

OutcomeKind judge(int status, std::string_view mark = "", std::uint64_t start = 100) {
  http::ClientResponse response;
  response.status = status;
  if (!mark.empty()) response.headers.set("X-Sluice-High-Water", mark);
  BatchIdentity id;
  id.start = start;
  return judge_answer(response, id).kind;
}

bool matches(std::string_view pattern, std::string_view path) {
  return Glob(pattern).matches(path);
}

}  // namespace

TEST_CASE("what a look at a file shows", "[lifecycle]") {
  const auto r = record(100, 200);
  CHECK(classify(r, {false, {}, 0, true}) == Sighting::missing);
  CHECK(classify(r, {true, {1, 2, 3}, 200, true}) == Sighting::same);
  CHECK(classify(r, {true, {1, 2, 0}, 100, true}) == Sighting::same);
  CHECK(classify(r, {true, {1, 2, 3}, 99, true}) == Sighting::truncated);
  CHECK(classify(r, {true, {1, 2, 3}, 999, false}) == Sighting::truncated);
  CHECK(classify(r, {true, {1, 9, 3}, 200, true}) == Sighting::other_file);
  CHECK(classify(r, {true, {9, 2, 3}, 200, true}) == Sighting::other_file);
  CHECK(classify(r, {true, {1, 2, 4}, 200, true}) == Sighting::other_file);  // inode reused
}

TEST_CASE("what becomes of a generation", "[lifecycle]") {
  using enum Sighting;
  CHECK(decide(same, 9, false) == Fate{Phase::live, false});
  CHECK(decide(truncated, 0, false) == Fate{Phase::done, true});
  CHECK(decide(truncated, 9, false) == Fate{Phase::lost, true});
  CHECK(decide(truncated, 9, true) == Fate{Phase::draining, true});
  CHECK(decide(truncated, 0, true) == Fate{Phase::draining, true});
  CHECK(decide(other_file, 0, true) == Fate{Phase::draining, true});
  CHECK(decide(other_file, 0, false) == Fate{Phase::done, true});
  CHECK(decide(other_file, 9, false) == Fate{Phase::lost, true});
  CHECK(decide(missing, 9, true) == Fate{Phase::draining, false});
  CHECK(decide(missing, 0, false) == Fate{Phase::done, false});
  CHECK(decide(missing, 9, false) == Fate{Phase::lost, false});
}

TEST_CASE("fingerprints grow with the file and see a rewrite", "[lifecycle]") {
  const auto head = digest_head("abc");
  CHECK(head_matches(head, "abcdef"));
  CHECK_FALSE(head_matches(head, "ab"));
  CHECK_FALSE(head_matches(head, "abX"));
  CHECK(head_matches({}, "anything"));
  const auto anchor = digest_anchor("....end");
  CHECK(anchor_matches(anchor, "....end"));
  CHECK_FALSE(anchor_matches(anchor, "....enD"));
  CHECK_FALSE(anchor_matches(anchor, "end"));
  CHECK(digest_anchor(std::string(5000, 'x')).length == anchor_limit);
}

TEST_CASE("when the next batch is due", "[pace]") {
  const PaceOptions o{1000, second, std::chrono::milliseconds(50)};
  const auto t = 100 * second;
  Pace pace;
  CHECK_FALSE(pace.due_at(0, 0, false, false, o));
  pace.grew(t);
  CHECK(pace.due_at(10, 10, false, false, o) == t + std::chrono::milliseconds(50));
  CHECK(pace.due_at(1000, 1000, false, false, o) <= t);
  CHECK(pace.due_at(10, 10, true, false, o) <= t);
  pace.sent(t);
  pace.grew(t + std::chrono::milliseconds(10));
  CHECK(pace.due_at(10, 20, false, false, o) == t + second);
  pace.held(20);
  CHECK_FALSE(pace.due_at(10, 20, false, false, o));
  CHECK(pace.due_at(10, 20, false, true, o));
  CHECK(pace.due_at(11, 21, false, false, o));
  pace.not_before(t + 9 * second);
  CHECK(pace.due_at(1000, 1020, true, false, o) == t + 9 * second);
}

TEST_CASE("rejected batches are halved until the bad line is alone", "[pace]") {
  Narrowing n;
  using enum Narrowing::Verdict;
  CHECK(n.max_entries(100) == 100);
  CHECK(n.rejected(100) == smaller);
  CHECK(n.max_entries(100) == 50);
  CHECK(n.rejected(50) == smaller);
  n.accepted();
  CHECK(n.max_entries(100) == 50);
  CHECK(n.rejected(1) == quarantine);
  for (int i = 0; i < 7; ++i) CHECK(n.rejected(1) == quarantine);
  CHECK(n.max_entries(100) == 100);
  CHECK(n.rejected(100) == quarantine);
  n.accepted();
  CHECK(n.rejected(100) == smaller);
}

TEST_CASE("backoff doubles, with jitter, up to its limit", "[pace]") {
  Backoff b(second, 4 * second);
  CHECK(b.next(0) == second / 2);
  CHECK(b.next(1) == 2 * second);
  CHECK(b.next(1) == 4 * second);
  CHECK(b.next(1) == 4 * second);
  b.reset();
  CHECK(b.next(1) == second);
}

TEST_CASE("a failing server is probed, not flooded", "[pace]") {
  ServerGate gate;
  CHECK(gate.may_send(second, 3));
  gate.failed(10 * second);
  CHECK_FALSE(gate.may_send(9 * second, 0));
  CHECK(gate.may_send(10 * second, 0));
  CHECK_FALSE(gate.may_send(10 * second, 1));
  gate.succeeded();
  CHECK(gate.may_send(second, 3));
}

TEST_CASE("what an answer means", "[verdict]") {
  using enum OutcomeKind;
  for (const int s : {200, 204}) CHECK(judge(s) == stored);
  CHECK(judge(409, "50") == go_back);
  CHECK(judge(409, "100") == retry_source);
  CHECK(judge(409, "500") == retry_source);
  CHECK(judge(409) == rejected);
  CHECK(judge(409, "junk") == rejected);
  CHECK(judge(429) == retry_source);
  for (const int s : {401, 403, 404, 408, 500, 502, 503, 504}) CHECK(judge(s) == retry_server);
  for (const int s : {301, 400, 413, 415, 422}) CHECK(judge(s) == rejected);
  const BatchIdentity id;
  CHECK(judge_answer(Error{ErrorCode::unavailable, "refused"}, id).kind == retry_server);
  CHECK(judge_answer(Error{ErrorCode::cancelled, "stop"}, id).kind == cancelled);
}

TEST_CASE("Retry-After is read in seconds and bounded", "[verdict]") {
  const auto wait = [](std::string_view value) {
    http::Headers h;
    h.set("Retry-After", value);
    return retry_after(h);
  };
  CHECK(wait("7") == 7 * second);
  CHECK(wait("999999") == 600 * second);
  CHECK(wait("soon") == Duration{0});
  CHECK(wait("-1") == Duration{0});
  CHECK(retry_after({}) == Duration{0});
}

TEST_CASE("globs", "[glob]") {
  CHECK(matches("/var/log/*.log", "/var/log/a.log"));
  CHECK_FALSE(matches("/var/log/*.log", "/var/log/x/a.log"));
  CHECK_FALSE(matches("/var/log/*.log", "/var/log/.a.log"));
  CHECK(matches("/var/log/**/*.log", "/var/log/a.log"));
  CHECK(matches("/var/log/**/*.log", "/var/log/x/y/a.log"));
  CHECK_FALSE(matches("/var/log/**/*.log", "/var/log/.x/a.log"));
  CHECK(matches("/var/log/**", "/var/log/x/y"));
  CHECK(matches("/a/**/b/**/c", "/a/b/c"));
  CHECK(matches("/a/**/b/**/c", "/a/x/b/y/z/c"));
  CHECK_FALSE(matches("/a/**/b/**/c", "/a/x/c"));
  CHECK(matches("/a/[0-9]?.log", "/a/1x.log"));
  CHECK_FALSE(matches("/a/b", "a/b"));
}

TEST_CASE("walking does what matching says, within limits", "[glob]") {
  const ListDirectory list = [](const std::string& dir) -> std::vector<DirEntry> {
    if (dir == "/r") return {{"a", true, false}, {"loop", true, true}, {"x.log", false, false}};
    if (dir == "/r/a")
      return {{"b", true, false}, {"y.log", false, false}, {"z.txt", false, false}};
    if (dir == "/r/loop") return {{"never.log", false, false}};
    if (dir == "/r/a/b") return {{"deep.log", false, false}};
    return {};
  };
  const auto all = walk(Glob("/r/**/*.log"), list, {});
  CHECK(all.files == std::vector<std::string>{"/r/a/b/deep.log", "/r/a/y.log", "/r/x.log"});
  CHECK(all.directories == std::vector<std::string>{"/r", "/r/a", "/r/a/b"});
  CHECK(walk(Glob("/r/*/y.log"), list, {}).files == std::vector<std::string>{"/r/a/y.log"});
  CHECK(walk(Glob("/r/loop/*"), list, {}).files == std::vector<std::string>{"/r/loop/never.log"});
  WalkLimits small;
  small.max_directories = 1;
  CHECK(walk(Glob("/r/**/*.log"), list, small).truncated);
}

TEST_CASE("names of rotations", "[copies]") {
  CHECK(looks_rotated("app.log", "app.log.1"));
  CHECK(looks_rotated("app.log", "app.log-20260102"));
  CHECK(looks_rotated("app.log", "app-20260102.log"));
  CHECK_FALSE(looks_rotated("app.log", "app.log"));
  CHECK_FALSE(looks_rotated("app.log", "apple.log"));
  CHECK_FALSE(looks_rotated("app.log.1", "app.log"));
  for (const auto* name : {"app.log.1", "app.log-20260102", "app-20260102.log"}) {
    const auto originals = possible_originals(name);
    CHECK(std::find(originals.begin(), originals.end(), "app.log") != originals.end());
  }
}

TEST_CASE("service names", "[groups]") {
  CHECK(service_name_of("/var/log/nginx/error.log") == "nginx");
  CHECK(service_name_of("/var/log/dpkg.log") == "dpkg");
  CHECK(service_name_of("/srv/pay/pay.2.log") == "pay");
  CHECK(service_name_of("plain") == "plain");
}

TEST_CASE("labels of a group", "[groups]") {
  FileGroup g{
      .name = "web", .paths = {"/srv/*.log"}, .exclude = {"/srv/x*"}, .labels = {{"env", "prod"}}};
  const GroupSet set({g}, {{"env", "test"}, {"zone", "a"}}, "h1");
  const auto* group = set.match("/srv/a.log");
  REQUIRE(group != nullptr);
  CHECK(set.labels(group, "/srv/a.log") == LabelSet{{"host", "h1"},
                                                    {"filename", "/srv/a.log"},
                                                    {"service_name", "a"},
                                                    {"job", "web"},
                                                    {"env", "prod"},
                                                    {"zone", "a"}});
  CHECK(set.match("/srv/xa.log") == nullptr);
  CHECK(set.match("/srv/a.log.gz") == nullptr);
}

}  // namespace sluice::agent
