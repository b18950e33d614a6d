#include "daemon/alerting/alert_document.h"

#include "daemon/alerting/hash_text.h"
#include "daemon/alerting/json_document.h"
#include "daemon/alerting/json_encode.h"

namespace sluice::alerting {

std::string encode(const AlertDocument& document) {
  JsonWriter w;
  w.begin_object().key("v").number(1).key("file").string(document.file);
  w.key("group").string(document.group).key("rule").string(document.rule);
  w.key("alerts").begin_array();
  for (const auto& [labels, alert] : document.alerts) {
    w.begin_object().key("labels");
    write_labels(w, labels);
    w.key("annotations");
    write_labels(w, alert.annotations);
    w.key("phase").string(to_string(alert.state.phase));
    w.key("active").number(unix_ns(alert.state.active_at));
    w.key("fired").number(unix_ns(alert.state.fired_at)).key("keep");
    write_ns(w, alert.state.keep_firing_since);
    w.key("value").number(alert.state.value).end_object();
  }
  w.end_array().end_object();
  return w.take();
}

Result<AlertDocument> decode_alerts(std::string_view key, std::string_view value) {
  SLUICE_TRY(const auto doc, JsonDocument::parse(value, "alert state " + std::string(key)));
  AlertDocument out{doc.text("file"), doc.text("group"), doc.text("rule"), {}};
  for (const auto& item : doc.list("alerts")) {
    rules::ActiveAlert alert{item.labels("labels"), item.labels("annotations"), {}};
    const auto phase = rules::alert_phase(item.text("phase"));
    if (!phase) {
      return Error{ErrorCode::corrupt, "alert state " + std::string(key) + ": unknown phase \"" +
                                           item.text("phase") + "\""};
    }
    alert.state = {*phase, item.time("active"), item.time("fired"), item.optional_time("keep"),
                   item.number("value")};
    out.alerts[alert.labels] = std::move(alert);
  }
  SLUICE_CHECK(doc.finish());
  return out;
}

std::string rule_key(const rules::RuleGroup& group, const rules::Rule& rule, std::size_t ordinal) {
  return "a/" + hash_text({group.file, group.name, rule.name, rule.written_labels().to_string(),
                           std::to_string(ordinal)});
}

}  // namespace sluice::alerting
