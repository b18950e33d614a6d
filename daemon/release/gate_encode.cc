// GateRecord to JSON: docs/format/gate.md, member by member.
#include "daemon/alerting/json_encode.h"
#include "daemon/release/gate_record.h"

namespace sluice::release {
namespace {

using alerting::seconds_of;
using alerting::write_time;

void write_pattern(JsonWriter& w, const rules::PatternEvidence& p) {
  w.begin_object().key("template").string(p.text).key("id").string(p.id);
  w.key("count").number(p.count).key("share").number(p.share);
  w.key("status").string(to_string(p.status)).key("samples").begin_array();
  for (const auto& sample : p.samples) w.string(sample);
  w.end_array().end_object();
}

void write_check(JsonWriter& w, const rules::CheckResult& c) {
  w.begin_object().key("name").string(c.name).key("type").string(c.type);
  w.key("verdict").string(to_string(c.verdict)).key("reason").string(c.reason);
  w.key("value").number(c.value).key("threshold").number(c.threshold);
  w.key("samples").begin_object().key("candidate").number(c.candidate_samples);
  w.key("baseline").number(c.baseline_samples).end_object();
  w.key("queries").begin_array();
  for (const auto& query : c.queries) w.string(query);
  w.end_array().key("evidence").begin_object();
  for (const auto& [name, value] : c.figures) w.key(name).number(value);
  w.end_object().key("patterns").begin_array();
  for (const auto& pattern : c.patterns) write_pattern(w, pattern);
  w.end_array().end_object();
}

void write_rollback(JsonWriter& w, const Rollback& r) {
  w.key("rollback").begin_object().key("state").string(to_string(r.state));
  w.key("hook").string(r.hook).key("detail").string(r.detail);
  w.key("requested_at");
  write_time(w, r.requested_at);
  w.key("hook_done_at");
  write_time(w, r.hook_done_at);
  w.key("finished_at");
  write_time(w, r.finished_at);
  w.key("attempts").number(std::uint64_t{r.attempts}).key("output").string(r.output).end_object();
}

void write_sight(JsonWriter& w, const GateSight& sight) {
  w.key("evidence").begin_object().key("watermark");
  write_time(w, sight.watermark);
  w.key("blind_for_seconds").number(seconds_of(sight.blind_for));
  w.key("control").string(sight.control).end_object();
}

void write_asked(JsonWriter& w, const GateRecord& g) {
  w.key("id").string(g.id).key("key").string(g.key).key("service").string(g.service);
  w.key("env").string(g.env).key("version").string(g.version);
  w.key("baseline").string(g.baseline).key("policy").string(g.policy);
}

void write_progress(JsonWriter& w, const GateRecord& g) {
  w.key("state").string(g.done() ? "done" : "running").key("phase").string(to_string(g.phase));
  w.key("verdict");
  if (g.verdict) {
    w.string(to_string(*g.verdict));
  } else {
    w.null();
  }
  w.key("reason").string(g.reason);
  w.key("created_at").string(format_rfc3339(g.created_at));
  w.key("started_at").string(format_rfc3339(g.started_at)).key("evaluated_at");
  write_time(w, g.evaluated_at);
  w.key("decided_at");
  write_time(w, g.decided_at);
  w.key("finished_at");
  write_time(w, g.finished_at);
}

}  // namespace

std::string encode(const GateRecord& g) {
  JsonWriter w;
  w.begin_object();
  write_asked(w, g);
  write_progress(w, g);
  w.key("window_seconds").number(seconds_of(g.window));
  w.key("interval_seconds").number(seconds_of(g.interval));
  w.key("timeout_seconds").number(seconds_of(g.timeout));
  w.key("evaluations").number(g.evaluations);
  w.key("on_fail").string(g.rollback_on_fail ? "rollback" : "none");
  w.key("on_inconclusive").string(to_string(g.on_inconclusive)).key("checks").begin_array();
  for (const auto& check : g.checks) write_check(w, check);
  w.end_array();
  write_rollback(w, g.rollback);
  write_sight(w, g.sight);
  w.end_object();
  return w.take();
}

}  // namespace sluice::release
