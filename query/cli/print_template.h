// PrintTemplate: `-o template=...`: how a line is printed, as line_format writes it: a Go template
// whose fields are the line's labels and what the query parsed, with the functions of LogQL,
// __line__ and __timestamp__ among them. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "query/cli/log_line.h"
#include "query/logql/line_template.h"

namespace sluice::query::cli {

class PrintTemplate {
 public:
  // Error(parse): the template's message.
  static Result<std::shared_ptr<PrintTemplate>> parse(std::string_view text);

  // Without a line break. Error: a function failed on this line.
  Result<std::string> print(const LogLine& line);

 private:
  logql::TemplateLine current_;
  std::optional<Template> template_;
};

}  // namespace sluice::query::cli
