// LabelKey: the labels of a series as one string whose byte order is the order of LabelSet, so that
// series are compared, hashed and front-coded as plain bytes.
//
// Per label, in order of names: name, NUL, value, NUL. A byte 0 or 1 inside is written as 1 and
// then 1 or 2, which keeps the order. Format: docs/format/sample-part.md. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "daemon/storage/samples/sample_write.h"
#include "query/ast/label_matcher.h"

namespace sluice::storage {

void append_key_label(std::string& key, std::string_view name, std::string_view value);
std::string label_key(const LabelSet& labels);
// Nothing: the bytes are no key.
std::optional<LabelSet> parse_label_key(std::string_view key);

// Walks over the labels of a key without copying them, unless they hold bytes 0 or 1.
class LabelKeyReader {
 public:
  explicit LabelKeyReader(std::string_view key) : rest_(key) {}
  // False at the end, and where the bytes are no key (then !ok()). The view is valid until the next
  // call.
  bool next(LabelView& label);
  bool ok() const { return ok_; }

 private:
  bool part(std::string_view& out, std::string& room);

  std::string_view rest_;
  std::string name_room_, value_room_;
  bool ok_ = true;
};

// 128 bits of a key's hash stand for the series in memory. Seeded per process, so that nobody can
// prepare labels that collide.
struct KeyHash {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const KeyHash&, const KeyHash&) = default;
};
KeyHash hash_key(std::string_view key);

// Matchers asked over and over, of series in order: the last answer of each is kept, as most values
// repeat. For one thread.
class KeyMatcher {
 public:
  explicit KeyMatcher(const std::vector<query::LabelMatcher>& matchers);
  bool matches(std::string_view key);
  // False if no series whose metric name lies between the two can match.
  bool may_match_names(std::string_view least, std::string_view greatest) const;

 private:
  struct Item {
    const query::LabelMatcher* matcher;
    bool of_empty;  // its answer where the label is absent
    std::string last = {};
    bool answer = false;
    bool asked = false;
    bool ask(std::string_view value);
  };
  bool matches_label(const LabelView& label);

  std::vector<Item> items_;
  std::vector<bool> seen_;
  std::vector<std::string_view> names_;  // that match, if a matcher says them all
  bool any_name_ = true;
};

}  // namespace sluice::storage
