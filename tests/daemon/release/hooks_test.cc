#include <catch2/catch_test_macros.hpp>

#include "daemon/release/exec_hook.h"
#include "daemon/release/hook_delivery.h"
#include "daemon/release/hook_row.h"
#include "tests/daemon/http_sink.h"

namespace sluice::release {
namespace {

using alerting::Delivery;

CommandResult run(std::vector<std::string> argv, Duration timeout = std::chrono::seconds(20)) {
  auto result = run_command({std::move(argv), {{"SLUICE_X", "1 2;$(id)"}}, timeout});
  INFO((result ? "" : result.error().message));
  REQUIRE(result.has_value());
  return *result;
}

alerting::OutboxRow row() {
  GateRecord gate;
  gate.id = "g-1";
  gate.service = "shop";
  gate.version = "B";
  gate.baseline = "A";
  gate.reason = "error_rate: bad";
  gate.rollback.hook = "undo";
  auto out = hook_row(gate, {}, from_unix_ns(0));
  out.attempts = 1;
  return out;
}

}  // namespace

TEST_CASE("a command's output and exit code come back", "[hook]") {
  const auto result = run({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"});
  CHECK(result.exit_code == 3);
  CHECK(result.output == "out\nerr\n");
  CHECK_FALSE(result.timed_out);
}

TEST_CASE("arguments and variables are not interpreted by a shell", "[hook]") {
  CHECK(run({"/bin/echo", "$HOME; rm -rf /tmp/x"}).output == "$HOME; rm -rf /tmp/x\n");
  CHECK(run({"/usr/bin/printenv", "SLUICE_X"}).output == "1 2;$(id)\n");
}

TEST_CASE("the environment is clean", "[hook]") {
  ::setenv("SLUICE_TEST_SECRET", "x", 1);
  CHECK(run({"/usr/bin/env"}).output.find("SLUICE_TEST_SECRET") == std::string::npos);
  ::unsetenv("SLUICE_TEST_SECRET");
}

TEST_CASE("a command that does not end is ended, with its children", "[hook]") {
  const auto result =
      run({"/bin/sh", "-c", "echo begun; sleep 600"}, std::chrono::milliseconds(200));
  CHECK(result.timed_out);
  CHECK(result.exit_code == 128 + 15);
  CHECK(result.output == "begun\n");
}

TEST_CASE("output is bounded", "[hook]") {
  CHECK(run({"/bin/sh", "-c", "yes | head -c 1000000"}).output.size() == max_command_output);
}

TEST_CASE("a command that is not there says so", "[hook]") {
  const auto result = run_command({{"/nonexistent/rollback"}, {}, std::chrono::seconds(1)});
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message == "cannot run /nonexistent/rollback: No such file or directory");
}

TEST_CASE("an exec hook is told what to roll back", "[hook]") {
  HookOptions hook;
  hook.exec = {"/bin/sh", "-c",
               "echo $SLUICE_ACTION $SLUICE_SERVICE $SLUICE_VERSION to $SLUICE_BASELINE for "
               "$SLUICE_GATE $SLUICE_HOOK $SLUICE_IDEMPOTENCY_KEY $SLUICE_REASON"};
  const auto delivery = run_hook(hook, row());
  CHECK(delivery.outcome == Delivery::Outcome::delivered);
  CHECK(delivery.output == "rollback shop B to A for g-1 undo rollback/g-1 error_rate: bad\n");
}

TEST_CASE("an exec hook that fails is tried again, the last time it is final", "[hook]") {
  HookOptions hook;
  hook.exec = {"/bin/sh", "-c", "echo no; exit 4"};
  hook.attempts = 2;
  auto attempt = row();
  CHECK(run_hook(hook, attempt).outcome == Delivery::Outcome::retry);
  attempt.attempts = 2;
  const auto last = run_hook(hook, attempt);
  CHECK(last.outcome == Delivery::Outcome::refused);
  CHECK(last.status == 4);
  CHECK(last.detail == "exit code 4");
  CHECK(last.output == "no\n");
}

TEST_CASE("a webhook hook posts the facts with its key", "[hook]") {
  sluice::test::HttpSink sink;
  HookOptions hook;
  hook.webhook.url = sink.url("/rollback");
  const auto delivery = run_hook(hook, row());
  CHECK(delivery.outcome == Delivery::Outcome::delivered);
  REQUIRE(sink.requests().size() == 1);
  const std::string request = sink.requests()[0];
  CHECK(request.starts_with("POST /rollback HTTP/1.1\r\n"));
  CHECK(request.find("Idempotency-Key: rollback/g-1\r\n") != std::string::npos);
  CHECK(request.ends_with(
      R"({"action":"rollback","gate":"g-1","service":"shop","env":"default","version":"B",)"
      R"("baseline":"A","reason":"error_rate: bad","key":"rollback/g-1"})"));
}

}  // namespace sluice::release
