#include "daemon/alerting/engine_query.h"

namespace sluice::alerting {
namespace {

// A rule that takes longer has failed; the next evaluation must not find it still running.
constexpr auto query_timeout = std::chrono::seconds(30);

}  // namespace

Result<query::ExprPtr> parse_query(const rules::RuleQuery& query) {
  return query.language == rules::Language::logql ? query::parse_logql(query.text)
                                                  : query::parse_promql(query.text);
}

Result<void> require_complete(const std::vector<std::string>& warnings) {
  for (const auto& warning : warnings) {
    if (warning.starts_with("PromQL warning:")) continue;
    return Error{ErrorCode::limit_exceeded, "partial result: " + warning};
  }
  return {};
}

rules::QueryFn engine_query(const query::Engine& engine, TenantId tenant) {
  return [&engine, tenant = std::move(tenant)](const rules::RuleQuery& query,
                                               Timestamp at) -> Result<query::QueryResult> {
    SLUICE_TRY(const auto expr, parse_query(query));
    query::QueryContext context;
    context.set_deadline(std::chrono::steady_clock::now() + query_timeout);
    SLUICE_TRY(auto result, engine.instant(*expr, {tenant, unix_ms(to_ms(at))}, context));
    SLUICE_CHECK(require_complete(result.warnings));
    return result;
  };
}

}  // namespace sluice::alerting
