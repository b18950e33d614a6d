#include "daemon/storage/wal_scan.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "daemon/storage/codec/crc32c.h"

namespace sluice::storage {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_bytes = 32 << 10;
constexpr std::size_t header_bytes = 7;  // checksum 4, length 2, type 1
constexpr std::size_t batch_header_bytes = 12;

enum Type : std::uint8_t { zero = 0, full = 1, first = 2, middle = 3, last = 4 };

template <typename T>
T read_little(std::string_view bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// Checksums are stored rotated, so that a checksum of checksums is not trivial.
std::uint32_t unmask(std::uint32_t masked) {
  const std::uint32_t rotated = masked - 0xA282EAD8;
  return (rotated >> 17) | (rotated << 15);
}

// A physical record: a record, or a piece of one.
struct Piece {
  std::uint8_t type = zero;
  std::string_view payload;
};

class WalReader {
 public:
  explicit WalReader(std::string_view log) : log_(log) {}

  std::vector<WalRecord> read() {
    while (at_ < log_.size()) {
      if (left_in_block() < header_bytes) {
        skip_block();
      } else if (const auto piece = read_piece()) {
        take(*piece);
      } else {
        bad(at_);
        open_ = false;
        find_piece();
      }
    }
    if (open_) bad(begin_);
    return std::move(records_);
  }

 private:
  std::size_t left_in_block() const { return block_bytes - at_ % block_bytes; }
  void skip_block() {
    at_ += left_in_block();
    drop_open();
  }
  void drop_open() {
    if (open_) bad(begin_);
    open_ = false;
  }

  // On to the next place in the block that is a piece: lengths may be what is damaged.
  void find_piece() {
    const std::size_t end = at_ + left_in_block();
    for (++at_; at_ < end && at_ < log_.size(); ++at_) {
      const std::size_t here = at_;
      const bool found = read_piece().has_value();
      at_ = here;
      if (found) return;
    }
    at_ = end;
  }

  // nullopt: damaged, or cut off.
  std::optional<Piece> read_piece() {
    const std::string_view rest = log_.substr(at_, left_in_block());
    if (rest.size() < header_bytes) return std::nullopt;
    const auto length = read_little<std::uint16_t>(rest.substr(4));
    const auto type = static_cast<std::uint8_t>(rest[6]);
    if (type < full || type > last || header_bytes + length > rest.size()) return std::nullopt;
    const std::string_view covered = rest.substr(6, length + 1U);
    if (crc32c(covered) != unmask(read_little<std::uint32_t>(rest))) return std::nullopt;
    piece_begin_ = at_;
    at_ += header_bytes + length;
    return Piece{type, covered.substr(1)};
  }

  void take(const Piece& piece) {
    const bool begins = piece.type == full || piece.type == first;
    if (begins) {
      drop_open();
      begin_ = piece_begin_;
      head_.clear();
      size_ = 0;
      open_ = true;
    } else if (!open_) {
      return bad(piece_begin_);
    }
    size_ += piece.payload.size();
    // The first piece may hold less, even nothing: it is what fitted into its block.
    head_ += piece.payload.substr(0, batch_header_bytes - head_.size());
    if (piece.type == full || piece.type == last) close();
  }

  void close() {
    open_ = false;
    if (head_.size() < batch_header_bytes) return bad(begin_);
    const auto sequence = read_little<std::uint64_t>(head_);
    const auto count = read_little<std::uint32_t>(std::string_view(head_).substr(8));
    records_.push_back({begin_, true, size_, sequence + std::max<std::uint32_t>(count, 1) - 1});
  }

  void bad(std::uint64_t offset) {
    if (records_.empty() || records_.back().good) records_.push_back({offset, false, 0, 0});
  }

  const std::string_view log_;
  std::size_t at_ = 0;
  std::size_t piece_begin_ = 0;
  // The record that is being put together:
  bool open_ = false;
  std::size_t begin_ = 0;
  std::string head_;  // its first bytes, the batch's header
  std::uint64_t size_ = 0;
  std::vector<WalRecord> records_;
};

Result<std::string> content_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  const bool empty = in.is_open() && in.peek() == std::ifstream::traits_type::eof() && !in.bad();
  if (!empty) text << in.rdbuf();
  if (!in.is_open() || in.bad() || text.fail())
    return Error{ErrorCode::io, "reading " + path.string()};
  return std::move(text).str();
}

Result<std::vector<fs::path>> logs_of(const std::string& directory) {
  std::vector<fs::path> logs;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(directory, ec))
    if (entry.path().extension() == ".log") logs.push_back(entry.path());
  if (ec) return Error{ErrorCode::io, "reading " + directory + ": " + ec.message()};
  std::sort(logs.begin(), logs.end());
  return logs;
}

}  // namespace

std::vector<WalRecord> read_wal(std::string_view log) {
  return WalReader(log).read();
}

Result<std::vector<WalFile>> read_wals(const std::string& directory) {
  SLUICE_TRY(const auto logs, logs_of(directory));
  std::vector<WalFile> files;
  for (const auto& path : logs) {
    SLUICE_TRY(const auto content, content_of(path));
    files.push_back({path.filename().string(), read_wal(content)});
  }
  return files;
}

std::string damage_within(const std::vector<WalFile>& logs) {
  for (const auto& log : logs)
    for (std::size_t i = 0; i + 1 < log.records.size(); ++i)
      if (!log.records[i].good)
        return log.name + " at byte " + std::to_string(log.records[i].offset);
  return {};
}

WalLoss loss_beyond(std::uint64_t recovered, const std::vector<WalFile>& logs) {
  WalLoss loss;
  for (const auto& log : logs) {
    for (const WalRecord& record : log.records) {
      if (!record.good && loss.steps == 0)
        loss.where = log.name + " at byte " + std::to_string(record.offset);
      if (!record.good || record.last_sequence <= recovered) continue;
      ++loss.steps;
      loss.bytes += record.bytes;
    }
  }
  return loss;
}

}  // namespace sluice::storage
