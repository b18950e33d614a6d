// DeleteRequest: a deletion of logs as it is stored (docs/format/delete-request.md), and the
// selectors of deletions and retention rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "daemon/storage/operations.h"
#include "daemon/storage/tombstones.h"

namespace sluice::storage {

// {app="web"} |= "secret": streams and, perhaps, lines.
struct Selection {
  std::vector<query::LabelMatcher> matchers;
  std::vector<query::LineFilter> filters;
};
// Error(parse): no LogQL; invalid_argument: LogQL with more than line filters.
Result<Selection> parse_selection(std::string_view text);

struct StoredRequest {
  DeleteRequest request;
  PartId parts_below = 0;
};

std::string encode_request(const StoredRequest& stored);
// The id is not in the payload. Error(corrupt).
Result<StoredRequest> decode_request(std::string id, std::string_view payload);

// Documents of one tenant: tenant NUL id.
std::string request_key(const TenantId& tenant, std::string_view id);

// Error: the query does not parse (any more).
Result<Tombstone> make_tombstone(const StoredRequest& stored, bool settled);

}  // namespace sluice::storage
