#include "daemon/alerting/outbox_row.h"

#include "base/codec/json_writer.h"
#include "daemon/alerting/json_document.h"

namespace sluice::alerting {

std::string encode(const OutboxRow& row) {
  JsonWriter w;
  w.begin_object().key("v").number(1);
  w.key("kind").string(row.kind).key("target").string(row.target).key("key").string(row.key);
  w.key("body").string(row.body);
  w.key("created").number(unix_ns(row.created)).key("next_try").number(unix_ns(row.next_try));
  w.key("give_up").number(unix_ns(row.give_up));
  w.key("attempts").number(std::uint64_t{row.attempts});
  w.key("last_error").string(row.last_error).end_object();
  return w.take();
}

Result<OutboxRow> decode_row(std::string slot, std::string_view value) {
  SLUICE_TRY(const auto doc, JsonDocument::parse(value, "outbox row " + slot));
  OutboxRow row;
  row.slot = std::move(slot);
  row.kind = doc.text("kind");
  row.target = doc.text("target");
  row.key = doc.text("key");
  row.body = doc.text("body");
  row.created = doc.time("created");
  row.next_try = doc.time("next_try");
  row.give_up = doc.time("give_up");
  row.attempts = static_cast<unsigned>(doc.integer("attempts"));
  row.last_error = doc.text("last_error");
  SLUICE_CHECK(doc.finish());
  return row;
}

std::string encode(const Receipt& receipt) {
  JsonWriter w;
  w.begin_object().key("v").number(1).key("slot").string(receipt.slot);
  w.key("kind").string(receipt.kind).key("target").string(receipt.target);
  w.key("outcome").string(receipt.outcome).key("status").number(receipt.status);
  w.key("attempts").number(std::uint64_t{receipt.attempts});
  w.key("detail").string(receipt.detail).key("output").string(receipt.output);
  w.key("created").number(unix_ns(receipt.created)).key("done").number(unix_ns(receipt.done));
  w.end_object();
  return w.take();
}

Result<Receipt> decode_receipt(std::string key, std::string_view value) {
  SLUICE_TRY(const auto doc, JsonDocument::parse(value, "receipt " + key));
  Receipt receipt;
  receipt.key = std::move(key);
  receipt.slot = doc.text("slot");
  receipt.kind = doc.text("kind");
  receipt.target = doc.text("target");
  receipt.outcome = doc.text("outcome");
  receipt.status = static_cast<int>(doc.integer("status"));
  receipt.attempts = static_cast<unsigned>(doc.integer("attempts"));
  receipt.detail = doc.text("detail");
  receipt.output = doc.text("output");
  receipt.created = doc.time("created");
  receipt.done = doc.time("done");
  SLUICE_CHECK(doc.finish());
  return receipt;
}

}  // namespace sluice::alerting
