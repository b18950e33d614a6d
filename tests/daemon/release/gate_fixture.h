// A GateManager over a FakeStore, a ManualClock and a little world of logged lines.
// Verbs: logs(), create(), at(), restart(), gate().
#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <vector>

#include "daemon/release/gate_manager.h"
#include "daemon/release/hook_delivery.h"
#include "tests/daemon/fake_store.h"

namespace sluice::release::test {

using std::chrono::seconds;

struct LoggedLine {
  Timestamp at;
  std::string version;
  bool error = false;
  std::string text;
};

// Answers GateData from a list of lines. Understands just the queries of this fixture's service
// options: the version, whether errors are wanted, and |= literals.
class World {
 public:
  std::vector<LoggedLine> lines;
  std::string failure;  // set: every query fails so
  std::optional<Timestamp> watermark;

  GateData data() {
    GateData out;
    out.counts = [this](const std::string& query, Timestamp start, Duration slice,
                        std::size_t slices) -> Result<std::vector<double>> {
      if (!failure.empty()) return Error{ErrorCode::timeout, failure};
      std::vector<double> counts(slices, 0);
      for (const auto& line : lines) {
        if (!matches(query, line) || line.at <= start) continue;
        const auto i = static_cast<std::size_t>((line.at - start - Duration{1}) / slice);
        if (i < slices) ++counts[i];
      }
      return counts;
    };
    out.patterns = [this](const std::string& query, TimeRange range,
                          rules::PatternCounter& counter) -> Result<void> {
      if (!failure.empty()) return Error{ErrorCode::timeout, failure};
      for (const auto& line : lines)
        if (range.contains(line.at) && matches(query, line)) counter.add(line.text);
      return {};
    };
    out.has_pattern = [this](const std::string& query, TimeRange range,
                             const rules::PatternCounter& counter,
                             std::uint64_t id) -> Result<bool> {
      if (!failure.empty()) return Error{ErrorCode::timeout, failure};
      return std::any_of(lines.begin(), lines.end(), [&](const LoggedLine& line) {
        return range.contains(line.at) && matches(query, line) && counter.same(line.text, id);
      });
    };
    out.watermark = [this] { return watermark; };
    return out;
  }

 private:
  static bool matches(const std::string& query, const LoggedLine& line) {
    if (query.find("v=\"" + line.version + "\"") == std::string::npos) return false;
    if (query.find("| error") != std::string::npos && !line.error) return false;
    std::size_t at = 0;
    while ((at = query.find("|= \"", at)) != std::string::npos) {
      at += 4;
      const std::string literal = query.substr(at, query.find('"', at) - at);
      if (line.text.find(literal) == std::string::npos) return false;
    }
    return true;
  }
};

class Gates {
 public:
  Gates() {
    ServiceOptions service;
    service.selector = R"({s="{{service}}",v="{{version}}"})";
    service.errors = "| error";
    service.rollback_hook = "undo";
    options.services["*"] = service;
    rules::GatePolicy policy;
    policy.window = seconds(60);
    policy.interval = seconds(10);
    policy.timeout = seconds(90);
    options.policies["default"] = policy;
    HookOptions hook;
    hook.verify = {seconds(60), seconds(10)};
    options.hooks["undo"] = hook;
    restart();
  }

  // Starts, or starts again over the same store.
  void restart() {
    manager.reset();
    deployments.reset();
    outbox.reset();
    outbox = std::make_unique<alerting::Outbox>(alerting::OutboxOptions{}, store, clock, metrics);
    REQUIRE(outbox->load().has_value());
    outbox->handle("hook", [this](const alerting::OutboxRow& row) {
      hook_rows.push_back(row);
      return hook_answer;
    });
    deployments = std::make_unique<Deployments>(store, clock, 1000);
    REQUIRE(deployments->load().has_value());
    manager = std::make_unique<GateManager>(
        options, GateManager::Parts{*outbox, store, *deployments, world.data(), clock, metrics});
    REQUIRE(manager->load().has_value());
  }

  GateRequest request() const {
    GateRequest r;
    r.service = "shop";
    r.version = "B";
    r.baseline = "A";
    return r;
  }
  std::string create(GateRequest r) {
    auto created = manager->create(r);
    INFO((created ? "" : created.error().message));
    REQUIRE(created.has_value());
    return created->gate.id;
  }
  std::string create() { return create(request()); }

  // Lines of `version` spread over seconds [from, to): `per_second` each, of which every
  // `error_every`th is an error saying `message` (0: none).
  void logs(const std::string& version, int from, int to, int per_second, int error_every = 0,
            const std::string& message = "cart 7 is broken") {
    int n = 0;
    for (int s = from; s < to; ++s) {
      for (int i = 0; i < per_second; ++i) {
        const bool error = error_every > 0 && ++n % error_every == 0;
        const Timestamp t = start + seconds(s) + Duration{1 + i * 900'000'000LL / per_second};
        world.lines.push_back({t, version, error, error ? message : "fine"});
      }
    }
  }

  void at(int second) {
    clock.set(start + seconds(second));
    if (!blind) world.watermark = clock.now();
    manager->run_due();
    outbox->deliver_due();
  }
  void until(int from, int to) {
    for (int s = from; s <= to; ++s) at(s);
  }

  GateRecord gate(const std::string& id) const { return manager->get(id).value(); }
  // "evaluating" or "done fail rolled_back"
  std::string state(const std::string& id) const {
    const GateRecord g = gate(id);
    std::string out(to_string(g.phase));
    if (g.verdict) out += " " + std::string(rules::to_string(*g.verdict));
    if (g.rollback.state != RollbackState::none)
      out += " " + std::string(to_string(g.rollback.state));
    return out;
  }

  const Timestamp start = from_unix_ns(0) + std::chrono::hours(24 * 365);
  storage::test::FakeStore store;
  ManualClock clock{start};
  Metrics metrics;
  World world;
  ReleaseOptions options;
  bool blind = false;  // the watermark no longer follows the clock
  alerting::Delivery hook_answer{alerting::Delivery::Outcome::delivered, 0, "", "undone\n", {}};
  std::vector<alerting::OutboxRow> hook_rows;
  std::unique_ptr<alerting::Outbox> outbox;
  std::unique_ptr<Deployments> deployments;
  std::unique_ptr<GateManager> manager;
};

}  // namespace sluice::release::test
