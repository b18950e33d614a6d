#include "base/scrape/relabel.h"

#include <openssl/evp.h>
#include <re2/re2.h>

#include <array>

#include "base/scrape/relabel_template.h"
#include "base/types/letter_case.h"

namespace sluice::scrape {

struct Relabeler::Compiled {
  RelabelRule rule;
  std::unique_ptr<const RE2> regex;
  std::map<std::string, int> group_names;
  bool whole_value = false;  // the default expression: matches everything, group 1 is the value

  // Group 0 and the groups of a full match; empty if there is none.
  std::vector<std::string_view> match(std::string_view value) const;
  bool matches(std::string_view value) const {
    return whole_value || RE2::FullMatch({value.data(), value.size()}, *regex);
  }
  bool apply(LabelSet& labels) const;

 private:
  std::string joined(const LabelSet& labels) const;
  void replace(LabelSet& labels, const std::string& value) const;
  void map_names(LabelSet& labels) const;
  void filter_names(LabelSet& labels, bool keep) const;
};

namespace {

// What regular expressions may cost; the automaton of a longer one is refused by RE2 itself.
constexpr std::int64_t regex_memory = 8 << 20;

// The last 8 bytes of the MD5 sum, big-endian: what Prometheus shards by.
std::uint64_t hash_of(const std::string& value) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int size = 0;
  EVP_Digest(value.data(), value.size(), sum.data(), &size, EVP_md5(), nullptr);
  std::uint64_t hash = 0;
  for (std::size_t i = 8; i < 16; ++i) hash = hash << 8 | sum[i];
  return hash;
}

}  // namespace

std::vector<std::string_view> Relabeler::Compiled::match(std::string_view value) const {
  if (whole_value) return {value, value};
  const int groups = regex->NumberOfCapturingGroups() + 1;
  std::vector<re2::StringPiece> pieces(static_cast<std::size_t>(groups));
  const re2::StringPiece text(value.data(), value.size());
  if (!regex->Match(text, 0, value.size(), RE2::ANCHOR_BOTH, pieces.data(), groups)) return {};
  std::vector<std::string_view> out;
  for (const auto& piece : pieces)
    out.push_back(piece.data() == nullptr ? std::string_view()
                                          : std::string_view(piece.data(), piece.size()));
  return out;
}

std::string Relabeler::Compiled::joined(const LabelSet& labels) const {
  std::string value;
  for (std::size_t i = 0; i < rule.source_labels.size(); ++i) {
    if (i > 0) value += rule.separator;
    value += labels.get(rule.source_labels[i]);
  }
  return value;
}

bool Relabeler::Compiled::apply(LabelSet& labels) const {
  const std::string value = joined(labels);
  switch (rule.action) {
    case RelabelAction::keep: return matches(value);
    case RelabelAction::drop: return !matches(value);
    case RelabelAction::keepequal: return labels.get(rule.target_label) == value;
    case RelabelAction::dropequal: return labels.get(rule.target_label) != value;
    case RelabelAction::replace: replace(labels, value); return true;
    case RelabelAction::lowercase: labels.set(rule.target_label, to_lower_utf8(value)); return true;
    case RelabelAction::uppercase: labels.set(rule.target_label, to_upper_utf8(value)); return true;
    case RelabelAction::hashmod:
      labels.set(rule.target_label, std::to_string(hash_of(value) % rule.modulus));
      return true;
    case RelabelAction::labelmap: map_names(labels); return true;
    case RelabelAction::labeldrop: filter_names(labels, false); return true;
    case RelabelAction::labelkeep: filter_names(labels, true); return true;
  }
  return true;
}

void Relabeler::Compiled::replace(LabelSet& labels, const std::string& value) const {
  const auto groups = match(value);
  if (groups.empty()) return;
  const std::string target = expand_template(rule.target_label, groups, group_names);
  if (!valid_name(rule.names, target)) return;
  labels.set(target, expand_template(rule.replacement, groups, group_names));
}

void Relabeler::Compiled::map_names(LabelSet& labels) const {
  const LabelSet before = labels;
  for (const Label& label : before) {
    const auto groups = match(label.name);
    if (groups.empty()) continue;
    const std::string name = expand_template(rule.replacement, groups, group_names);
    if (valid_name(rule.names, name)) labels.set(name, label.value);
  }
}

void Relabeler::Compiled::filter_names(LabelSet& labels, bool keep) const {
  const LabelSet before = labels;
  for (const Label& label : before)
    if (matches(label.name) != keep) labels.erase(label.name);
}

Result<Relabeler> Relabeler::compile(const std::vector<RelabelRule>& rules) {
  Relabeler out;
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(regex_memory);
  options.set_dot_nl(true);
  for (const RelabelRule& rule : rules) {
    auto compiled = std::make_shared<Compiled>();
    compiled->rule = rule;
    compiled->whole_value = rule.regex == RelabelRule{}.regex;
    compiled->regex = std::make_unique<const RE2>(rule.regex, options);
    if (!compiled->regex->ok())
      return Error{ErrorCode::parse, "regex \"" + rule.regex + "\": " + compiled->regex->error()};
    for (const auto& [name, group] : compiled->regex->NamedCapturingGroups())
      compiled->group_names.emplace(name, group);
    out.rules_.push_back(std::move(compiled));
  }
  return out;
}

bool Relabeler::apply(LabelSet& labels) const {
  for (const auto& rule : rules_)
    if (!rule->apply(labels)) return false;
  return true;
}

}  // namespace sluice::scrape
