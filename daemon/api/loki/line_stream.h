// LineStream: the answer of a log query sent while it runs, for clients that ask for it with
// `Accept: application/x-ndjson`: JSON documents, one a line (docs/guide/loki-api.md).
//
//   {"streams":[...]}   the lines of a slice of time, as in a tail's frame; as they are found
//   {"status":"success",...,"data":{"resultType":"streams","result":[],"stats":{...}}}
//                       the last line: what query_range answers, without the lines sent before
//   {"status":"error","code":504,"error":"..."}   the last line, if the query failed half-way
#pragma once

#include <memory>

#include "base/http/message.h"
#include "daemon/api/loki/answer.h"
#include "query/engine/sliced_logs.h"

namespace sluice::api::loki {

bool wants_line_stream(const http::Request& request);

// A log query and all that must live as long as it runs.
struct RunningLogs {
  query::ExprPtr expr;
  std::unique_ptr<query::QueryContext> context;
  std::unique_ptr<query::SlicedLogs> logs;
  AnswerOptions options;
};

// The first slice with lines is read at once, so that errors found by then have their HTTP status.
http::Response line_stream(RunningLogs running);

}  // namespace sluice::api::loki
