#include "query/logql/line_labels.h"

#include <algorithm>
#include <array>

#include "base/types/ascii.h"

namespace sluice::query::logql {

namespace {

constexpr std::string_view extracted_suffix = "_extracted";

constexpr std::array<bool, 256> name_chars = [] {
  std::array<bool, 256> chars{};
  for (int c = 'a'; c <= 'z'; ++c) chars[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) chars[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) chars[static_cast<std::size_t>(c)] = true;
  chars['_'] = true;
  return chars;
}();
bool name_char(char c) {
  return name_chars[static_cast<unsigned char>(c)];
}
bool utf8_tail(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string_view trim_blanks(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

void LineLabels::bind(const LabelSet& stream) {
  stream_ = &stream;
  entries_.clear();
  for (const auto& [name, value] : stream) entries_.push_back({name, value, Origin::stream});
  base_size_ = entries_.size();
  base_changed_ = false;
}

void LineLabels::start(const LabelSet* metadata) {
  arena_.reset();
  error_ = error_details_ = {};
  if (base_changed_) bind(*stream_);
  entries_.resize(base_size_);
  metadata_ = metadata;
  if (metadata == nullptr) return;
  for (const auto& [name, value] : *metadata) add_metadata(name, value);
}

void LineLabels::add_metadata(std::string_view name, std::string_view value) {
  LabelView* present = find(name);
  if (present != nullptr && present->origin == Origin::stream) {
    name = arena_.concat(name, extracted_suffix);
    present = find(name);
  }
  if (present == nullptr)
    entries_.push_back({name, value, Origin::metadata});
  else if (present->origin == Origin::metadata)
    present->value = value;
}

LabelView* LineLabels::find(std::string_view name) {
  for (auto& entry : entries_)
    if (entry.name == name) return &entry;
  return nullptr;
}
const LabelView* LineLabels::find(std::string_view name) const {
  return const_cast<LineLabels*>(this)->find(name);
}

std::optional<std::string_view> LineLabels::get(std::string_view name) const {
  if (name == error_label) return has_error() ? std::optional(error_) : std::nullopt;
  if (name == error_details_label)
    return has_error() ? std::optional(error_details_) : std::nullopt;
  const LabelView* entry = find(name);
  return entry == nullptr ? std::nullopt : std::optional(entry->value);
}

void LineLabels::want_only(std::optional<std::vector<std::string>> names) {
  wanted_ = std::move(names);
  // `x_extracted` is made of `x`.
  for (std::size_t i = 0, n = wanted_ ? wanted_->size() : 0; i < n; ++i)
    if (const std::string_view name = (*wanted_)[i]; name.ends_with(extracted_suffix))
      wanted_->push_back(std::string(name.substr(0, name.size() - extracted_suffix.size())));
}

bool LineLabels::wants(std::string_view name) const {
  return !wanted_ || std::find(wanted_->begin(), wanted_->end(), name) != wanted_->end();
}

void LineLabels::add_parsed(std::string_view name, std::string_view value) {
  if (name.empty() || !wants(name)) return;
  LabelView* present = find(name);
  if (present != nullptr && present->origin != Origin::parsed) {
    name = arena_.concat(name, extracted_suffix);
    present = find(name);
  }
  if (present == nullptr)
    entries_.push_back({name, value, Origin::parsed});
  else if (present->origin == Origin::metadata)
    *present = {name, value, Origin::parsed};
}

Origin LineLabels::origin_of(std::string_view name) const {
  const LabelView* entry = find(name);
  return entry == nullptr ? Origin::parsed : entry->origin;
}

void LineLabels::set(std::string_view name, std::string_view value, Origin origin) {
  if (name == error_label) {
    error_ = value;
    return;
  }
  LabelView* entry = find(name);
  if (entry == nullptr) {
    entries_.push_back({name, value, origin});
    return;
  }
  base_changed_ = base_changed_ || entry->origin == Origin::stream;
  *entry = {name, value, origin};
}

void LineLabels::erase(std::string_view name) {
  if (name == error_label) error_ = {};
  if (name == error_details_label) error_details_ = {};
  LabelView* entry = find(name);
  if (entry == nullptr) return;
  base_changed_ = base_changed_ || entry->origin == Origin::stream;
  entries_.erase(entries_.begin() + (entry - entries_.data()));
}

void LineLabels::set_error(std::string_view kind, std::string_view details) {
  if (has_error()) return;
  error_ = kind;
  error_details_ = arena_.copy(details);
}

void LineLabels::collect(std::vector<LabelView>& out) const {
  out.clear();
  for (const auto& entry : entries_)
    if (!entry.value.empty()) out.push_back(entry);
  if (!has_error()) return;
  out.push_back({error_label, error_, Origin::parsed});
  if (!error_details_.empty()) out.push_back({error_details_label, error_details_, Origin::parsed});
}

void append_label_name(std::string& name, std::string_view text) {
  text = trim_blanks(text);
  if (text.empty()) return;
  if (name.empty() && is_digit(text.front())) name += '_';
  if (std::all_of(text.begin(), text.end(), name_char)) {
    name += text;
    return;
  }
  const std::size_t before = name.size();
  for (const char c : text) {
    if (utf8_tail(c)) continue;  // one '_' for a whole character
    if (name.empty() && is_digit(c)) name += '_';
    name += name_char(c) ? c : '_';
  }
  if (name.size() == before) name += '_';  // nothing but stray bytes
}

}  // namespace sluice::query::logql
