// What an HTTP answer to a push means for the batch. Pure.
//
//   2xx                       stored
//   409 with a mark           go_back; a mark at or beyond our start contradicts itself: retry
//   429                       retry_source
//   no answer, 5xx, 408, 425  retry_server
//   401, 403, 404, 407        retry_server: the deployment is wrong, not the lines
//   other 4xx, 3xx            rejected
#pragma once

#include "agent/batch/batch.h"
#include "base/http/client.h"

namespace sluice::agent {

Outcome judge_answer(const Result<http::ClientResponse>& answer, const BatchIdentity& identity);

// Retry-After in seconds (a date is not honoured: clocks differ); 0 if absent or unreadable,
// at most ten minutes.
Duration retry_after(const http::Headers& headers);

}  // namespace sluice::agent
