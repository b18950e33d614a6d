// Relabelling: rules that keep, drop and rewrite label sets, exactly as Prometheus' relabel_configs
// and metric_relabel_configs do (Prometheus documentation, "relabel_config").
//
// Used on targets, whose labels __address__, __scheme__, __metrics_path__, __param_NAME,
// __scrape_interval__ and __scrape_timeout__ say how they are scraped, and on scraped series.
// Regular expressions are RE2, anchored at both ends, and `.` matches newlines.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/labels.h"
#include "base/types/result.h"

namespace sluice::scrape {

enum class RelabelAction {
  replace,
  keep,
  drop,
  keepequal,
  dropequal,
  hashmod,
  labelmap,
  labeldrop,
  labelkeep,
  lowercase,
  uppercase,
};

// The names are those of the configuration; case does not matter.
Result<RelabelAction> parse_relabel_action(std::string_view text);
std::string_view to_string(RelabelAction action);

// Which names may be given to metrics and labels.
enum class NameScheme { utf8, legacy };  // legacy: [a-zA-Z_][a-zA-Z0-9_]*, metrics with ':'
bool valid_name(NameScheme scheme, std::string_view label_name);
// A metric's name and the names of its labels; values must be UTF-8.
bool valid_series_labels(NameScheme scheme, const LabelSet& labels);

// One rule as configured.
struct RelabelRule {
  RelabelAction action = RelabelAction::replace;
  std::vector<std::string> source_labels = {};
  std::string separator = ";";
  std::string regex = "(.*)";
  std::uint64_t modulus = 0;
  std::string target_label = {};
  std::string replacement = "$1";
  NameScheme names = NameScheme::utf8;
  friend bool operator==(const RelabelRule&, const RelabelRule&) = default;
};

// Empty, or what contradicts itself, in Prometheus' words. The regex is checked by compiling.
std::string find_relabel_problem(const RelabelRule& rule);

// Rules ready to be applied. Immutable; copies share the compiled expressions; safe from any
// thread.
class Relabeler {
 public:
  Relabeler() = default;
  // Error(parse) with RE2's message.
  static Result<Relabeler> compile(const std::vector<RelabelRule>& rules);

  // Rewrites `labels`; false if a rule drops them.
  bool apply(LabelSet& labels) const;
  bool empty() const { return rules_.empty(); }

 private:
  struct Compiled;
  std::vector<std::shared_ptr<const Compiled>> rules_;
};

}  // namespace sluice::scrape
