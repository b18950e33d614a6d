// TextTemplate: the text of a label or annotation, expanded per alert with query/template.
//
// $labels, $value, $externalLabels and $externalURL, and the dotted forms; the functions
// Prometheus documents for alerts. A text that fails to expand does not fail its rule: it becomes
// a placeholder that says why, as in Prometheus.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/types/labels.h"
#include "query/template/template.h"

namespace sluice::rules {

struct TemplateContext {
  LabelSet labels;  // of the query's result, not of the rule
  double value = 0;
};

// The same for all alerts of the daemon.
struct ExternalContext {
  LabelSet labels;
  std::string url;
};

class TextTemplate {
 public:
  // Error(parse) with line:column within the text.
  static Result<TextTemplate> parse(std::string text);
  std::string expand(const TemplateContext& context, const ExternalContext& external) const;
  const std::string& text() const { return text_; }

 private:
  explicit TextTemplate(std::string text) : text_(std::move(text)) {}
  std::string text_;
  std::optional<query::Template> parsed_;  // none: plain text
};

}  // namespace sluice::rules
