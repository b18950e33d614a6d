#include "daemon/storage/delete_request.h"

#include "daemon/storage/codec/bytes.h"
#include "query/ast/expr.h"
#include "query/engine/engine.h"

namespace sluice::storage {

namespace {

constexpr std::uint64_t request_version = 1;

}  // namespace

Result<Selection> parse_selection(std::string_view text) {
  SLUICE_TRY(const auto expr, query::parse_logql(text));
  const auto* log = std::get_if<query::LogQuery>(&expr->node);
  if (!log) return invalid_argument("expected a stream selector, as in {app=\"web\"} |= \"text\"");
  Selection selection{log->matchers, {}};
  for (const auto& stage : log->pipeline) {
    const auto* filter = std::get_if<query::LineFilter>(&stage);
    if (!filter) return invalid_argument("only line filters (|= != |~ !~) may follow the selector");
    selection.filters.push_back(*filter);
  }
  return selection;
}

std::string encode_request(const StoredRequest& stored) {
  const DeleteRequest& request = stored.request;
  std::string out;
  put_varint(out, request_version);
  put_string(out, request.query);
  put_zigzag(out, unix_ns(request.range.start));
  put_zigzag(out, unix_ns(request.range.end));
  put_zigzag(out, unix_ns(request.created));
  put_varint(out, stored.parts_below);
  put_varint(out, request.processed ? 1 : 0);
  return out;
}

Result<StoredRequest> decode_request(std::string id, std::string_view payload) {
  ByteReader in(payload);
  if (const auto version = in.varint(); version != request_version)
    return Error{ErrorCode::corrupt, "delete request " + id + " has version " +
                                         std::to_string(version) +
                                         "; a newer Sluice may have written it"};
  StoredRequest stored;
  DeleteRequest& request = stored.request;
  request.id = std::move(id);
  request.query = in.string();
  request.range.start = from_unix_ns(in.zigzag());
  request.range.end = from_unix_ns(in.zigzag());
  request.created = from_unix_ns(in.zigzag());
  stored.parts_below = in.varint();
  request.processed = in.varint() != 0;
  if (!in.finished())
    return Error{ErrorCode::corrupt, "delete request " + request.id + " does not decode"};
  return stored;
}

std::string request_key(const TenantId& tenant, std::string_view id) {
  return document_key(Keyspace::deletion, tenant_key(tenant) + std::string(id));
}

Result<Tombstone> make_tombstone(const StoredRequest& stored, bool settled) {
  SLUICE_TRY(auto selection, parse_selection(stored.request.query));
  return Tombstone{stored.request.id,
                   std::move(selection.matchers),
                   std::move(selection.filters),
                   stored.request.range,
                   stored.parts_below,
                   settled};
}

}  // namespace sluice::storage
