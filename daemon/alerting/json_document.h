// JsonDocument: a small stored or posted JSON object read by asking for typed members.
//
// The first wrong type is remembered and comes out of finish(); until then getters give defaults,
// so readers stay straight lines. A view: members() and section() share the parsed tree.
// Thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice::alerting {

class JsonDocument {
 public:
  // Error(corrupt): "<what>: not a JSON object".
  static Result<JsonDocument> parse(std::string_view text, std::string what);

  bool has(std::string_view member) const;  // present and not null
  std::string text(std::string_view member, std::string_view fallback = {}) const;
  std::int64_t integer(std::string_view member, std::int64_t fallback = 0) const;
  double number(std::string_view member, double fallback = 0) const;
  bool boolean(std::string_view member, bool fallback = false) const;
  Timestamp time(std::string_view member) const;  // ns since the epoch
  std::optional<Timestamp> optional_time(std::string_view member) const;
  LabelSet labels(std::string_view member) const;  // an object of strings
  std::vector<std::string> texts(std::string_view member) const;
  std::vector<JsonDocument> list(std::string_view member) const;  // of objects
  JsonDocument section(std::string_view member) const;            // absent: empty
  std::vector<std::string> members() const;                       // names, sorted
  Result<void> finish() const;

  struct Impl;

 private:
  explicit JsonDocument(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace sluice::alerting
