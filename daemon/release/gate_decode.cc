// GateRecord from its stored JSON.
#include "daemon/release/gate_record.h"
#include "daemon/release/json_time.h"

namespace sluice::release {
namespace {

using alerting::JsonDocument;
using rules::PatternEvidence;

Duration seconds_member(const JsonDocument& doc, std::string_view member) {
  return Duration{static_cast<std::int64_t>(doc.number(member) * 1e9)};
}

template <class T>
Result<T> known(std::optional<T> value, std::string_view member) {
  if (value) return *value;
  return Error{ErrorCode::corrupt, "unknown " + std::string(member)};
}

PatternEvidence read_pattern(const JsonDocument& doc) {
  PatternEvidence p;
  p.text = doc.text("template");
  p.id = doc.text("id");
  p.count = static_cast<std::uint64_t>(doc.integer("count"));
  p.share = doc.number("share");
  for (auto status : {PatternEvidence::Status::known, PatternEvidence::Status::fresh}) {
    if (doc.text("status") == to_string(status)) p.status = status;
  }
  p.samples = doc.texts("samples");
  return p;
}

Result<rules::CheckResult> read_check(const JsonDocument& doc) {
  rules::CheckResult c;
  c.name = doc.text("name");
  c.type = doc.text("type");
  SLUICE_TRY(c.verdict, known(rules::verdict_of(doc.text("verdict")), "verdict"));
  c.reason = doc.text("reason");
  c.value = doc.number("value");
  c.threshold = doc.number("threshold");
  const JsonDocument samples = doc.section("samples");
  c.candidate_samples = samples.number("candidate");
  c.baseline_samples = samples.number("baseline");
  c.queries = doc.texts("queries");
  const JsonDocument figures = doc.section("evidence");
  for (const auto& name : figures.members()) c.figures.emplace_back(name, figures.number(name));
  for (const auto& pattern : doc.list("patterns")) c.patterns.push_back(read_pattern(pattern));
  return c;
}

Result<Rollback> read_rollback(const JsonDocument& doc) {
  Rollback r;
  SLUICE_TRY(r.state, known(rollback_state(doc.text("state")), "rollback state"));
  r.hook = doc.text("hook");
  r.detail = doc.text("detail");
  SLUICE_TRY(r.requested_at, time_member(doc, "requested_at"));
  SLUICE_TRY(r.hook_done_at, time_member(doc, "hook_done_at"));
  SLUICE_TRY(r.finished_at, time_member(doc, "finished_at"));
  r.attempts = static_cast<unsigned>(doc.integer("attempts"));
  r.output = doc.text("output");
  return r;
}

Result<void> read_progress(const JsonDocument& doc, GateRecord& g) {
  SLUICE_TRY(g.phase, known(gate_phase(doc.text("phase")), "phase"));
  if (doc.has("verdict")) {
    SLUICE_TRY(g.verdict, known(rules::verdict_of(doc.text("verdict")), "verdict"));
  }
  g.reason = doc.text("reason");
  SLUICE_TRY(const auto created, time_member(doc, "created_at"));
  SLUICE_TRY(const auto started, time_member(doc, "started_at"));
  if (!created || !started) return Error{ErrorCode::corrupt, "no created_at or started_at"};
  g.created_at = *created;
  g.started_at = *started;
  SLUICE_TRY(g.evaluated_at, time_member(doc, "evaluated_at"));
  SLUICE_TRY(g.decided_at, time_member(doc, "decided_at"));
  SLUICE_TRY(g.finished_at, time_member(doc, "finished_at"));
  return {};
}

Result<GateRecord> read(const JsonDocument& doc) {
  GateRecord g;
  g.id = doc.text("id");
  g.key = doc.text("key");
  g.service = doc.text("service");
  g.env = doc.text("env");
  g.version = doc.text("version");
  g.baseline = doc.text("baseline");
  g.policy = doc.text("policy");
  SLUICE_CHECK(read_progress(doc, g));
  g.window = seconds_member(doc, "window_seconds");
  g.interval = seconds_member(doc, "interval_seconds");
  g.timeout = seconds_member(doc, "timeout_seconds");
  g.evaluations = static_cast<std::uint64_t>(doc.integer("evaluations"));
  g.rollback_on_fail = doc.text("on_fail") == "rollback";
  SLUICE_TRY(g.on_inconclusive,
             known(on_inconclusive(doc.text("on_inconclusive")), "on_inconclusive"));
  for (const auto& item : doc.list("checks")) {
    SLUICE_TRY(auto check, read_check(item));
    g.checks.push_back(std::move(check));
  }
  SLUICE_TRY(g.rollback, read_rollback(doc.section("rollback")));
  const JsonDocument sight = doc.section("evidence");
  SLUICE_TRY(g.sight.watermark, time_member(sight, "watermark"));
  g.sight.blind_for = seconds_member(sight, "blind_for_seconds");
  g.sight.control = sight.text("control");
  SLUICE_CHECK(doc.finish());
  return g;
}

}  // namespace

Result<GateRecord> decode_gate(std::string_view key, std::string_view value) {
  const std::string what = "gate " + std::string(key);
  SLUICE_TRY(const auto doc, JsonDocument::parse(value, what));
  auto gate = read(doc);
  if (!gate) return Error{ErrorCode::corrupt, what + ": " + gate.error().message};
  return gate;
}

}  // namespace sluice::release
