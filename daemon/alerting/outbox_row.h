// OutboxRow and Receipt: docs/format/outbox.md as structs. Encoding is JSON.
#pragma once

#include <string>
#include <string_view>

#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice::alerting {

struct OutboxRow {
  std::string slot;  // the key in the keyspace
  std::string kind;  // "notify", "hook"
  std::string target;
  std::string key;  // idempotency key
  std::string body;
  Timestamp created{};
  Timestamp next_try{};
  Timestamp give_up{};
  unsigned attempts = 0;
  std::string last_error;
};

std::string encode(const OutboxRow& row);
// Error(corrupt) that names the slot.
Result<OutboxRow> decode_row(std::string slot, std::string_view value);

struct Receipt {
  std::string key;
  std::string slot;
  std::string kind;
  std::string target;
  std::string outcome;  // "delivered", "refused", "gave_up"
  int status = 0;
  unsigned attempts = 0;
  std::string detail;
  std::string output;
  Timestamp created{};
  Timestamp done{};
};

std::string encode(const Receipt& receipt);
Result<Receipt> decode_receipt(std::string key, std::string_view value);

}  // namespace sluice::alerting
