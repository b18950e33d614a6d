// Bodies of Loki's API: results as JSON, errors as plain text.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/codec/json_writer.h"
#include "base/http/message.h"
#include "query/ast/expr.h"
#include "query/source.h"
#include "query/value.h"

namespace sluice::api::loki {

http::Response json(std::string body);
// The message as text, with Loki's status for the error's kind. Budgets of a query are the query's
// fault (400): repeating it would not help.
http::Response failure(const Error& error);
// {"status":"success","data":["a","b"]}
http::Response string_list(const std::vector<std::string>& items);

void write_labels(JsonWriter& out, const LabelSet& labels);

struct AnswerOptions {
  query::Direction direction = query::Direction::backward;
  // Labels by origin, as Grafana asks for by X-Loki-Response-Encoding-Flags: categorize-labels.
  bool categorize = false;
  // The query to explain, if it was asked for.
  const query::Expr* explain = nullptr;
  std::size_t sent = 0;  // entries that went before (line_stream.h)
};
bool wants_categories(const http::Request& request);
// "streams": [...] elements; shared with tail.
void write_streams(JsonWriter& out, const query::Streams& streams, const AnswerOptions& options);

// The whole answer of a query: data, statistics, warnings.
http::Response query_answer(const query::QueryResult& result, query::QueryContext& context,
                            const AnswerOptions& options);

}  // namespace sluice::api::loki
