#include "query/cli/print_template.h"

namespace sluice::query::cli {

namespace {

class LineFields : public Fields {
 public:
  explicit LineFields(const LogLine& line) : line_(line) {}

  std::optional<std::string_view> get(std::string_view name) const override {
    for (const LabelSet* labels : {&line_.labels, &line_.metadata})
      if (labels->has(name)) return labels->get(name);
    return std::nullopt;
  }

 private:
  const LogLine& line_;
};

}  // namespace

Result<std::shared_ptr<PrintTemplate>> PrintTemplate::parse(std::string_view text) {
  auto made = std::make_shared<PrintTemplate>();
  SLUICE_TRY(made->template_, logql::parse_line_template(text, &made->current_));
  return made;
}

Result<std::string> PrintTemplate::print(const LogLine& line) {
  current_ = {line.timestamp, line.line};
  const LineFields fields(line);
  return template_->render(TemplateValue(&fields));
}

}  // namespace sluice::query::cli
