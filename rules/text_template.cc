#include "rules/text_template.h"

namespace sluice::rules {
namespace {

query::TemplateValue as_map(const LabelSet& labels) {
  query::TemplateValue::Map map;
  for (const auto& [name, value] : labels) map.emplace(name, query::TemplateValue(value));
  return map;
}

}  // namespace

Result<TextTemplate> TextTemplate::parse(std::string text) {
  TextTemplate out(std::move(text));
  if (out.text_.find("{{") == std::string::npos) return out;
  SLUICE_TRY(out.parsed_, query::Template::parse_with_variables(
                              out.text_, query::alert_functions(),
                              {"$labels", "$value", "$externalLabels", "$externalURL"}));
  return out;
}

std::string TextTemplate::expand(const TemplateContext& context,
                                 const ExternalContext& external) const {
  if (!parsed_) return text_;
  const query::TemplateValue labels = as_map(context.labels);
  const query::TemplateValue outer = as_map(external.labels);
  query::TemplateValue::Map dot{{"Labels", labels},
                                {"Value", query::TemplateValue(context.value)},
                                {"ExternalLabels", outer},
                                {"ExternalURL", query::TemplateValue(external.url)}};
  auto text = parsed_->render(query::TemplateValue(std::move(dot)),
                              {{"$labels", labels},
                               {"$value", query::TemplateValue(context.value)},
                               {"$externalLabels", outer},
                               {"$externalURL", query::TemplateValue(external.url)}});
  return text ? *text : "<error expanding template: " + text.error().message + ">";
}

}  // namespace sluice::rules
