// The `stats` object of Loki's answers, from what the query counted. Loki's chunks are our row
// groups and pushed batches, its queriers what is sealed, its ingesters what is not. What we do not
// have (result caches, shards) is truly zero.
#pragma once

#include "base/codec/json_writer.h"
#include "query/context.h"
#include "query/value.h"

namespace sluice::api::loki {

struct Counted {
  query::QueryContext& context;
  const query::Value& value;
  std::size_t sent = 0;  // entries that are not in `value`: sent before
};
void write_statistics(JsonWriter& out, const Counted& counted);

}  // namespace sluice::api::loki
