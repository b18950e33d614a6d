#include "rules/alert_state.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace sluice::rules {
namespace {

using std::chrono::seconds;

Timestamp at(int s) {
  return from_unix_ns(0) + seconds(s);
}

AlertState pending_since(int s) {
  return {AlertPhase::pending, at(s), {}, std::nullopt, 1};
}
AlertState firing_since(int active, int fired) {
  return {AlertPhase::firing, at(active), at(fired), std::nullopt, 1};
}
AlertState kept_since(int s) {
  auto state = firing_since(0, 60);
  state.keep_firing_since = at(s);
  return state;
}

// "firing active=0 fired=60 keep=100 value=1: fired"
std::string show(const AlertStep& step) {
  auto seconds_of = [](Timestamp t) { return std::to_string(unix_ns(t) / 1'000'000'000); };
  std::string out(to_string(step.state.phase));
  if (step.state.phase != AlertPhase::inactive)
    out += " active=" + seconds_of(step.state.active_at);
  if (step.state.phase == AlertPhase::firing) out += " fired=" + seconds_of(step.state.fired_at);
  if (step.state.keep_firing_since) out += " keep=" + seconds_of(*step.state.keep_firing_since);
  out += " value=" + std::to_string(static_cast<int>(step.state.value)) + ":";
  for (auto event : step.events) out += " " + std::string(to_string(event));
  return out;
}

struct Case {
  const char* name;
  AlertState before;
  Evidence evidence;
  int now;
  const char* after;
};

void check(const Case& c, const AlertTimes& times) {
  INFO(c.name << " + " << to_string(c.evidence));
  CHECK(show(step(c.before, c.evidence, 7, at(c.now), times)) == c.after);
}

}  // namespace

TEST_CASE("every state meets every evidence", "[alert]") {
  const AlertTimes times{seconds(60), seconds(30)};
  const Case cases[] = {
      {"inactive", {}, Evidence::ok, 100, "inactive value=0:"},
      {"inactive", {}, Evidence::breach, 100, "pending active=100 value=7: pending"},
      {"inactive", {}, Evidence::no_data, 100, "inactive value=0:"},
      {"inactive", {}, Evidence::stale, 100, "inactive value=0:"},
      {"inactive", {}, Evidence::error, 100, "inactive value=0:"},
      {"young pending", pending_since(50), Evidence::ok, 100, "inactive value=1: dropped"},
      {"young pending", pending_since(50), Evidence::breach, 100, "pending active=50 value=7:"},
      {"ripe pending", pending_since(40), Evidence::breach, 100,
       "firing active=40 fired=100 value=7: fired"},
      // Blindness neither drops nor fires.
      {"ripe pending", pending_since(40), Evidence::no_data, 100, "pending active=40 value=1:"},
      {"ripe pending", pending_since(40), Evidence::stale, 100, "pending active=40 value=1:"},
      {"ripe pending", pending_since(40), Evidence::error, 100, "pending active=40 value=1:"},
      {"firing", firing_since(0, 60), Evidence::ok, 100,
       "firing active=0 fired=60 keep=100 value=1: kept"},
      {"firing", firing_since(0, 60), Evidence::breach, 100, "firing active=0 fired=60 value=7:"},
      {"firing", firing_since(0, 60), Evidence::no_data, 100, "firing active=0 fired=60 value=1:"},
      {"firing", firing_since(0, 60), Evidence::stale, 100, "firing active=0 fired=60 value=1:"},
      {"firing", firing_since(0, 60), Evidence::error, 100, "firing active=0 fired=60 value=1:"},
      {"kept", kept_since(80), Evidence::ok, 100, "firing active=0 fired=60 keep=80 value=1:"},
      {"kept long", kept_since(70), Evidence::ok, 100, "inactive value=1: resolved"},
      {"kept", kept_since(70), Evidence::breach, 100, "firing active=0 fired=60 value=7:"},
      {"kept long", kept_since(70), Evidence::no_data, 100,
       "firing active=0 fired=60 keep=70 value=1:"},
      {"kept long", kept_since(70), Evidence::stale, 100,
       "firing active=0 fired=60 keep=70 value=1:"},
      {"kept long", kept_since(70), Evidence::error, 100,
       "firing active=0 fired=60 keep=70 value=1:"},
  };
  for (const auto& c : cases) check(c, times);
}

TEST_CASE("without times an alert fires and resolves at once", "[alert]") {
  check(
      {"inactive", {}, Evidence::breach, 100, "firing active=100 fired=100 value=7: pending fired"},
      {});
  check({"firing", firing_since(0, 0), Evidence::ok, 100, "inactive value=1: resolved"}, {});
}

TEST_CASE("a resolved alert begins anew", "[alert]") {
  auto state = step(firing_since(0, 0), Evidence::ok, 0, at(10), {}).state;
  CHECK(show(step(state, Evidence::breach, 9, at(20), {seconds(60), {}})) ==
        "pending active=20 value=9: pending");
}

TEST_CASE("phases are named as the rules API names them", "[alert]") {
  CHECK(alert_phase("firing") == AlertPhase::firing);
  CHECK(alert_phase("pending") == AlertPhase::pending);
  CHECK(alert_phase("inactive") == AlertPhase::inactive);
  CHECK_FALSE(alert_phase("unknown").has_value());
}

}  // namespace sluice::rules
