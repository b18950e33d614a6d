// A push as bytes of the head family: encoded, packed and unpacked. HeadBatch reads what
// encode_head_batch() and unpack_head() give. Format: docs/format/log-part.md.
#pragma once

#include "daemon/storage/head_batch.h"
#include "daemon/storage/store.h"

namespace sluice::storage {

// Streams without entries are left out. The lines stay where they lie if `text` holds them (it must
// hold them all then), else they are copied.
HeadBody encode_head_batch(const TenantId& tenant, Timestamp received,
                           const std::vector<PushStream>& streams, const RawBytes& text = {});
// Whether a push is better kept as it was sent: all its lines lie in the text, they are most of it,
// and its block is a good deal smaller.
bool worth_keeping(const SentText& sent, const std::vector<PushStream>& streams);

// The value on disk. `block`: the snappy block of the body's text, if it has one.
std::string pack_head(const HeadBody& body, std::string_view block);
// Error(corrupt): it does not decompress.
Result<HeadBody> unpack_head(std::string_view payload);

}  // namespace sluice::storage
