// Batch, Value, Scan and Snapshot: the small handles of a Database.
#include <rocksdb/db.h>
#include <rocksdb/iterator.h>
#include <rocksdb/slice.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/write_batch.h>

#include "base/types/assert.h"
#include "daemon/storage/corrections.h"
#include "daemon/storage/database.h"
#include "daemon/storage/envelope.h"
#include "daemon/storage/rocks_status.h"

namespace sluice::storage {

namespace {

// Writing into one's own batch in memory fails only on a bug.
void must(const rocksdb::Status& status) {
  SLUICE_ASSERT(status.ok());
}

rocksdb::ColumnFamilyHandle* handle(const FamilyHandles& families, Family family) {
  return families[static_cast<std::size_t>(family)];
}

}  // namespace

Batch::Batch(const FamilyHandles& families, std::size_t bytes)
    : families_(&families), batch_(std::make_unique<rocksdb::WriteBatch>(bytes)) {}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

void Batch::put(Family family, std::string_view key, ValueType type, std::string_view payload) {
  const char type_byte = static_cast<char>(type);
  const std::uint64_t checksum = value_checksum(key, type, payload);
  char checksum_copy[checksum_bytes];
  std::memcpy(checksum_copy, &checksum, checksum_bytes);
  const rocksdb::Slice key_part = to_slice(key);
  const rocksdb::Slice parts[] = {rocksdb::Slice(&type_byte, 1), to_slice(payload),
                                  rocksdb::Slice(checksum_copy, checksum_bytes)};
  must(batch_->Put(handle(*families_, family), rocksdb::SliceParts(&key_part, 1),
                   rocksdb::SliceParts(parts, 3)));
}

void Batch::put_raw(Family family, std::string_view key, std::string_view value) {
  must(batch_->Put(handle(*families_, family), to_slice(key), to_slice(value)));
}

void Batch::remove(Family family, std::string_view key) {
  must(batch_->Delete(handle(*families_, family), to_slice(key)));
}

void Batch::remove_once(Family family, std::string_view key) {
  must(batch_->SingleDelete(handle(*families_, family), to_slice(key)));
}

void Batch::remove_range(Family family, std::string_view from, std::string_view to) {
  must(batch_->DeleteRange(handle(*families_, family), to_slice(from), to_slice(to)));
}

std::size_t Batch::bytes() const {
  return batch_->GetDataSize();
}
bool Batch::empty() const {
  return batch_->Count() == 0;
}

Value::Value(std::unique_ptr<rocksdb::PinnableSlice> slice) : slice_(std::move(slice)) {}
Value::~Value() = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(Value&&) noexcept = default;

Scan::Scan(const Source& source, std::string from, std::string to, Corrections& corrections)
    : source_(source),
      from_(std::move(from)),
      to_(std::move(to)),
      corrections_(&corrections),
      iterator_(open()) {}
Scan::~Scan() = default;
Scan::Scan(Scan&&) noexcept = default;

std::unique_ptr<rocksdb::Iterator> Scan::open() const {
  rocksdb::ReadOptions options;
  options.snapshot = source_.snapshot;
  options.ignore_range_deletions = source_.ranges != Ranges::iterator;
  return std::unique_ptr<rocksdb::Iterator>(source_.db->NewIterator(options, source_.family));
}

bool Scan::next() {
  do {
    step();
    if (!iterator_->Valid() || (!to_.empty() && key() >= to_)) return false;
  } while (source_.ranges == Ranges::checked && is_removed());
  return true;
}

void Scan::step() {
  if (started_) {
    from_ = key();
    iterator_->Next();
  } else {
    iterator_->Seek(from_);
  }
  while (!iterator_->Valid() && read_again()) {
  }
  started_ = true;
}

// Past a flipped bit that could be set right. An iterator keeps what it read of a block.
bool Scan::read_again() {
  const auto status = iterator_->status();
  if (!status.IsCorruption() || !corrections_->after_read(status.ToString())) return false;
  iterator_ = open();
  iterator_->Seek(from_);
  if (started_ && iterator_->Valid() && key() == from_) iterator_->Next();
  return iterator_->Valid() || iterator_->status().ToString() != status.ToString();
}

// What cannot be told is told by who reads it.
bool Scan::is_removed() const {
  rocksdb::ReadOptions options;
  options.snapshot = source_.snapshot;
  rocksdb::PinnableSlice value;
  return source_.db->Get(options, source_.family, iterator_->key(), &value).IsNotFound();
}

std::string_view Scan::key() const {
  return to_view(iterator_->key());
}

std::string_view Scan::raw_value() const {
  return to_view(iterator_->value());
}

ValueType Scan::type() const {
  const auto value = raw_value();
  return value.empty() ? ValueType{} : static_cast<ValueType>(value.front());
}

Result<std::string_view> Scan::payload(ValueType type) const {
  return open_envelope(key(), type, to_view(iterator_->value()));
}

Result<void> Scan::status() const {
  if (iterator_->status().ok()) return {};
  return to_error(iterator_->status(), "reading the store");
}

Snapshot::Snapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
Snapshot::~Snapshot() {
  db_.ReleaseSnapshot(snapshot_);
}

}  // namespace sluice::storage
