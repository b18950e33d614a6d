#include "daemon/server/check.h"

#include "base/http/auth.h"
#include "daemon/alerting/rule_files.h"
#include "rules/language.h"

namespace sluice::server {

Result<std::string> check_everything(const DaemonOptions& options) {
  auto tokens = http::Authenticator::load(options.http.auth);
  if (!tokens) return std::move(tokens).error().within("http.tokens");
  rules::RuleFileOptions how;
  how.classify = rules::classify_query;
  SLUICE_TRY(const auto files, alerting::load_rule_files(options.alerting.rule_files, how));
  std::size_t rules = 0;
  for (const auto& file : files)
    for (const auto& group : file.groups) rules += group.rules.size();
  return "configuration is valid: " + std::to_string(options.http.auth.tokens.size()) +
         " tokens, " + std::to_string(files.size()) + " rule files with " + std::to_string(rules) +
         " rules";
}

}  // namespace sluice::server
