#include "daemon/release/hook_row.h"

#include "base/codec/json_writer.h"
#include "daemon/alerting/json_document.h"

namespace sluice::release {

alerting::OutboxRow hook_row(const GateRecord& gate, const HookOptions& hook, Timestamp now) {
  JsonWriter w;
  w.begin_object().key("action").string("rollback").key("gate").string(gate.id);
  w.key("service").string(gate.service).key("env").string(gate.env);
  w.key("version").string(gate.version).key("baseline").string(gate.baseline);
  w.key("reason").string(gate.reason).key("key").string(gate.rollback_key()).end_object();
  alerting::OutboxRow row;
  row.slot = "hook/" + gate.id;
  row.kind = "hook";
  row.target = gate.rollback.hook;
  row.key = gate.rollback_key();
  row.body = w.take();
  row.give_up = now + hook.give_up_after;
  return row;
}

Result<std::vector<std::pair<std::string, std::string>>> hook_environment(
    const alerting::OutboxRow& row) {
  SLUICE_TRY(const auto doc, alerting::JsonDocument::parse(row.body, "hook " + row.slot));
  std::vector<std::pair<std::string, std::string>> out;
  const std::pair<const char*, const char*> names[] = {
      {"SLUICE_ACTION", "action"}, {"SLUICE_GATE", "gate"},       {"SLUICE_SERVICE", "service"},
      {"SLUICE_ENV", "env"},       {"SLUICE_VERSION", "version"}, {"SLUICE_BASELINE", "baseline"},
      {"SLUICE_REASON", "reason"}};
  for (const auto& [variable, member] : names) out.emplace_back(variable, doc.text(member));
  out.emplace_back("SLUICE_HOOK", row.target);
  out.emplace_back("SLUICE_IDEMPOTENCY_KEY", row.key);
  SLUICE_CHECK(doc.finish());
  return out;
}

}  // namespace sluice::release
