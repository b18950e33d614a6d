// Engine: evaluates an Expr over the sources. The one entrance for APIs, rules and gates.
//
// Stateless apart from its sources; safe from any thread. PromQL semantics are those of
// Prometheus 3 (left-open ranges, 5 min lookback); LogQL's those of Loki 3.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "query/ast/expr.h"
#include "query/source.h"
#include "query/value.h"

namespace sluice::query {

struct InstantQuery {
  TenantId tenant;
  std::int64_t time_ms = 0;
  std::string_view text = {};    // of the query, for line:column in annotations; may be empty
  std::int64_t lookback_ms = 0;  // 0: the engine's
};
struct RangeQuery {
  TenantId tenant;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;  // inclusive
  std::int64_t step_ms = 0;
  std::string_view text = {};  // as above
  std::int64_t lookback_ms = 0;
};
// For log queries (Streams).
struct LogLimits {
  TimeRange range;
  std::size_t limit = 100;
  Direction direction = Direction::backward;
};

// For Engine::scan().
struct RowScan {
  TenantId tenant;
  TimeRange range;
  LogProjection::Shapes shapes;       // asked for, of LogBatch::shapes
  std::vector<std::string> metadata;  // labels of entries that the visitor looks at
};
// A row that passed; line_of() (batch_filter.h) gives its line. False: enough.
using RowVisitor = std::function<Result<bool>(const LogBatch& batch, std::size_t row)>;

struct EngineOptions {
  std::int64_t lookback_ms = 300'000;
  std::size_t max_steps = 11'000;
  std::int64_t subquery_step_ms = 60'000;  // of a subquery that names no step
  // That one query may use: aggregations over many series are done by several.
  std::size_t threads = 1;
  // Functions leave the metric's name on their results; it goes at the end (Prometheus'
  // promql-delayed-name-removal).
  bool delayed_name_removal = false;
  // Series have __type__ where it is known: rate() goes by it when it doubts a counter.
  bool type_labels = false;
};

// As error messages name types: "instant vector".
std::string_view type_name(ValueType type);

class Engine {
 public:
  Engine(LogSource& logs, SampleSource& samples, EngineOptions options = {});

  // Scalar, StringValue, Vector (or Matrix for a bare range selector).
  Result<QueryResult> instant(const Expr& expr, const InstantQuery& query,
                              QueryContext& context) const;
  // Matrix. Error(invalid_argument) when the type does not allow ranges or the steps are too many.
  Result<QueryResult> range(const Expr& expr, const RangeQuery& query, QueryContext& context) const;
  // Hands every line that passes a log query to `visit`, the later ones first, roughly.
  Result<void> scan(const LogQuery& query, const RowScan& scan, QueryContext& context,
                    const RowVisitor& visit) const;
  // Streams; expr.type must be streams.
  Result<QueryResult> logs(const Expr& expr, const TenantId& tenant, const LogLimits& limits,
                           QueryContext& context) const;

 private:
  LogSource& logs_;
  SampleSource& samples_;
  EngineOptions options_;
};

// The two parsers. Errors (ErrorCode::parse) carry line:column and say what was expected.
Result<ExprPtr> parse_logql(std::string_view text);
Result<ExprPtr> parse_promql(std::string_view text);

}  // namespace sluice::query
