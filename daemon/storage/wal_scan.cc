#include "daemon/storage/wal_scan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "daemon/storage/wal_piece.h"

namespace sluice::storage {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t batch_header_bytes = 12;

class WalReader {
 public:
  explicit WalReader(std::string_view log) : log_(log) {}

  std::vector<WalRecord> read() {
    while (at_ < log_.size()) {
      if (left_in_block() < wal_header_bytes) {
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
  std::size_t left_in_block() const { return wal_block_bytes - at_ % wal_block_bytes; }
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

  std::optional<WalPiece> read_piece() {
    const auto piece = read_wal_piece(log_.substr(at_, left_in_block()));
    if (!piece) return piece;
    piece_begin_ = at_;
    at_ += piece->bytes();
    return piece;
  }

  void take(const WalPiece& piece) {
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

}  // namespace

Result<std::string> read_wal_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  const bool empty = in.is_open() && in.peek() == std::ifstream::traits_type::eof() && !in.bad();
  if (!empty) text << in.rdbuf();
  if (!in.is_open() || in.bad() || text.fail())
    return Error{ErrorCode::io, "reading " + path.string()};
  return std::move(text).str();
}

Result<std::vector<fs::path>> wals_of(const std::string& directory) {
  std::vector<fs::path> logs;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(directory, ec))
    if (entry.path().extension() == ".log") logs.push_back(entry.path());
  if (ec) return Error{ErrorCode::io, "reading " + directory + ": " + ec.message()};
  std::sort(logs.begin(), logs.end());
  return logs;
}

std::vector<WalRecord> read_wal(std::string_view log) {
  return WalReader(log).read();
}

Result<std::vector<WalFile>> read_wals(const std::string& directory) {
  SLUICE_TRY(const auto logs, wals_of(directory));
  std::vector<WalFile> files;
  for (const auto& path : logs) {
    SLUICE_TRY(const auto content, read_wal_file(path));
    files.push_back({path.filename().string(), read_wal(content)});
  }
  return files;
}

std::string first_bad(const std::vector<WalFile>& logs) {
  for (const auto& log : logs)
    for (const WalRecord& record : log.records)
      if (!record.good) return log.name + " at byte " + std::to_string(record.offset);
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
