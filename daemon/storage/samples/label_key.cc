#include "daemon/storage/samples/label_key.h"

#include <algorithm>
#include <random>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace sluice::storage {

namespace {

bool plain(std::string_view text) {
  unsigned special = 0;
  for (const char c : text) special |= static_cast<unsigned char>(c) <= 1;
  return special == 0;
}

void append_part(std::string& key, std::string_view text) {
  if (plain(text)) {
    key.append(text);
  } else {
    for (const char c : text) {
      if (static_cast<unsigned char>(c) <= 1) {
        key += '\1';
        key += static_cast<char>(c + 1);
      } else {
        key += c;
      }
    }
  }
  key += '\0';
}

// False: an escape that no writer makes.
bool unescape(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\1') {
      out += text[i];
      continue;
    }
    if (++i == text.size() || (text[i] != '\1' && text[i] != '\2')) return false;
    out += static_cast<char>(text[i] - 1);
  }
  return true;
}

std::uint64_t process_seed() {
  static const std::uint64_t seed = [] {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
  }();
  return seed;
}

}  // namespace

void append_key_label(std::string& key, std::string_view name, std::string_view value) {
  append_part(key, name);
  append_part(key, value);
}

std::string label_key(const LabelSet& labels) {
  std::string key;
  for (const Label& label : labels) append_key_label(key, label.name, label.value);
  return key;
}

bool LabelKeyReader::part(std::string_view& out, std::string& room) {
  const std::size_t end = rest_.find('\0');
  if (end == std::string_view::npos) return false;
  out = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  if (out.find('\1') == std::string_view::npos) return true;
  if (!unescape(out, room)) return false;
  out = room;
  return true;
}

bool LabelKeyReader::next(LabelView& label) {
  if (rest_.empty()) return false;
  ok_ = part(label.name, name_room_) && part(label.value, value_room_);
  return ok_;
}

std::optional<LabelSet> parse_label_key(std::string_view key) {
  std::vector<Label> labels;
  LabelKeyReader reader(key);
  for (LabelView label; reader.next(label);) {
    const bool later = labels.empty() || labels.back().name < label.name;
    if (!later || label.value.empty()) return std::nullopt;
    labels.push_back({std::string(label.name), std::string(label.value)});
  }
  if (!reader.ok()) return std::nullopt;
  return LabelSet::from(std::move(labels));
}

KeyHash hash_key(std::string_view key) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(key.data(), key.size(), process_seed());
  return {hash.low64, hash.high64};
}

KeyMatcher::KeyMatcher(const std::vector<query::LabelMatcher>& matchers) : seen_(matchers.size()) {
  for (const auto& matcher : matchers) {
    items_.push_back({&matcher, matcher.matches_empty()});
    if (matcher.name() != metric_name_label) continue;
    if (matcher.op() == query::MatchOp::equal)
      names_.emplace_back(matcher.value());
    else if (matcher.op() == query::MatchOp::regex && !matcher.literals().empty())
      names_.assign(matcher.literals().begin(), matcher.literals().end());
    else
      continue;
    any_name_ = false;
  }
}

bool KeyMatcher::Item::ask(std::string_view value) {
  if (!asked || last != value) {
    last = value;
    answer = matcher->matches(value);
    asked = true;
  }
  return answer;
}

bool KeyMatcher::matches_label(const LabelView& label) {
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].matcher->name() != label.name) continue;
    if (!items_[i].ask(label.value)) return false;
    seen_[i] = true;
  }
  return true;
}

bool KeyMatcher::matches(std::string_view key) {
  std::fill(seen_.begin(), seen_.end(), false);
  LabelKeyReader reader(key);
  for (LabelView label; reader.next(label);)
    if (!matches_label(label)) return false;
  for (std::size_t i = 0; i < items_.size(); ++i)
    if (!seen_[i] && !items_[i].of_empty) return false;
  return true;
}

bool KeyMatcher::may_match_names(std::string_view least, std::string_view greatest) const {
  return any_name_ || std::any_of(names_.begin(), names_.end(), [&](std::string_view name) {
           return least <= name && name <= greatest;
         });
}

}  // namespace sluice::storage
