#include "daemon/storage/wal_correct.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "daemon/storage/wal_piece.h"
#include "daemon/storage/wal_scan.h"

namespace sluice::storage {

namespace {

// The bit of `covered` whose flip changes its CRC-32C by `difference`. From the last bit to the
// first: what a flip does to the sum is carried on by one step a bit.
std::optional<WalFlip> flip_by_checksum(std::string_view covered, std::uint32_t difference) {
  std::uint32_t effect = crc32c_polynomial;
  for (std::size_t bit = covered.size() * 8; bit-- > 0;) {
    if (effect == difference) return WalFlip{bit / 8, static_cast<unsigned char>(1 << bit % 8)};
    effect = (effect >> 1) ^ ((effect & 1) != 0 ? crc32c_polynomial : 0);
  }
  return std::nullopt;
}

// In type or payload, which the checksum covers.
std::optional<WalFlip> flip_in_content(std::string_view rest) {
  const auto length = read_little<std::uint16_t>(rest.substr(4));
  if (wal_header_bytes + length > rest.size()) return std::nullopt;
  const std::string_view covered = rest.substr(6, length + 1U);
  auto flip = flip_by_checksum(covered, crc32c(covered) ^ unmask(read_little<std::uint32_t>(rest)));
  if (flip) flip->byte += 6;
  return flip;
}

// In checksum or length: few enough to try each.
std::optional<WalFlip> flip_in_header(std::string_view rest) {
  std::string tried(rest);
  for (std::size_t bit = 0; bit < std::size_t{6} * 8; ++bit) {
    const WalFlip flip{bit / 8, static_cast<unsigned char>(1 << bit % 8)};
    tried[flip.byte] = static_cast<char>(tried[flip.byte] ^ flip.mask);
    if (read_wal_piece(tried)) return flip;
    tried[flip.byte] = rest[flip.byte];
  }
  return std::nullopt;
}

struct Correction {
  WalFlip flip;
  std::size_t bytes = 0;  // of the piece
};

// `rest` begins with what is no piece.
std::optional<Correction> correct(std::string_view rest) {
  if (rest.size() < wal_header_bytes) return std::nullopt;
  for (const auto& flip : {flip_in_content(rest), flip_in_header(rest)}) {
    if (!flip) continue;
    std::string corrected(rest);
    corrected[flip->byte] = static_cast<char>(corrected[flip->byte] ^ flip->mask);
    if (const auto piece = read_wal_piece(corrected)) return Correction{*flip, piece->bytes()};
  }
  return std::nullopt;
}

Result<void> write_flips(const std::string& path, std::string& log,
                         const std::vector<WalFlip>& flips) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return Error{ErrorCode::io, "opening " + path};
  bool done = true;
  for (const WalFlip& flip : flips) {
    log[flip.byte] = static_cast<char>(log[flip.byte] ^ flip.mask);
    done = done && ::pwrite(fd, &log[flip.byte], 1, static_cast<off_t>(flip.byte)) == 1;
  }
  done = done && ::fsync(fd) == 0;
  ::close(fd);
  return done ? Result<void>() : Error{ErrorCode::io, "correcting " + path};
}

// The record that begins at `at`, which is whole.
std::string record_at(std::string_view log, std::size_t at) {
  std::string record;
  for (;;) {
    const std::size_t left = wal_block_bytes - at % wal_block_bytes;
    const auto piece = read_wal_piece(log.substr(at, left));
    if (piece) record += piece->payload;
    if (piece && (piece->type == full || piece->type == last)) return record;
    at += piece ? piece->bytes() : left;
  }
}

void append_little(std::string& out, std::uint32_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8) out += static_cast<char>(value & 0xFF);
}

void append_piece(std::string& log, WalPieceType type, std::string_view payload) {
  std::string covered(1, static_cast<char>(type));
  covered += payload;
  append_little(log, mask(crc32c(covered)), 4);
  append_little(log, static_cast<std::uint32_t>(payload.size()), 2);
  log += covered;
}

void append_record(std::string& log, std::string_view rest) {
  for (bool begins = true;; begins = false) {
    std::size_t left = wal_block_bytes - log.size() % wal_block_bytes;
    if (left < wal_header_bytes) {
      log.append(left, '\0');
      left = wal_block_bytes;
    }
    const auto payload = rest.substr(0, left - wal_header_bytes);
    rest.remove_prefix(payload.size());
    if (rest.empty()) return append_piece(log, begins ? full : last, payload);
    append_piece(log, begins ? first : middle, payload);
  }
}

constexpr const char* damage_file = "/DAMAGED_LOG";

Result<void> sync_path(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool done = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  return done ? Result<void>() : Error{ErrorCode::io, "syncing " + path};
}

// Whole and durable, or as it was.
Result<void> replace_file(const std::string& directory, const std::string& path,
                          const std::string& content) {
  const std::string temporary = path + ".tmp";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << content;
  file.close();
  if (!file) return Error{ErrorCode::io, "writing " + temporary};
  SLUICE_CHECK(sync_path(temporary, O_WRONLY));
  if (::rename(temporary.c_str(), path.c_str()) != 0)
    return Error{ErrorCode::io, "replacing " + path};
  return sync_path(directory, O_RDONLY | O_DIRECTORY);
}

}  // namespace

std::vector<WalFlip> find_flips(std::string_view log) {
  std::vector<WalFlip> flips;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t left = wal_block_bytes - at % wal_block_bytes;
    const std::string_view rest = log.substr(at, left);
    if (const auto piece = read_wal_piece(rest)) {
      at += piece->bytes();
    } else if (left < wal_header_bytes) {
      at += left;
    } else if (const auto corrected = correct(rest)) {
      flips.push_back({at + corrected->flip.byte, corrected->flip.mask});
      at += corrected->bytes;
    } else {
      at += left;
    }
  }
  return flips;
}

static Result<std::vector<std::string>> correct_files(
    const std::vector<std::filesystem::path>& logs) {
  std::vector<std::string> places;
  for (const auto& path : logs) {
    SLUICE_TRY(std::string log, read_wal_file(path));
    const auto flips = find_flips(log);
    if (flips.empty()) continue;
    SLUICE_CHECK(write_flips(path, log, flips));
    for (const WalFlip& flip : flips)
      places.push_back(path.filename().string() + " at byte " + std::to_string(flip.byte));
  }
  return places;
}

Result<std::vector<std::string>> correct_wals(const std::string& directory) {
  SLUICE_TRY(const auto logs, wals_of(directory));
  return correct_files(logs);
}

Result<std::vector<std::string>> correct_manifests(const std::string& directory) {
  std::vector<std::filesystem::path> manifests;
  std::error_code ec;
  for (const auto& file : std::filesystem::directory_iterator(directory, ec))
    if (file.path().filename().string().starts_with("MANIFEST-")) manifests.push_back(file.path());
  if (ec) return Error{ErrorCode::io, "reading " + directory + ": " + ec.message()};
  return correct_files(manifests);
}

std::string whole_records(std::string_view log) {
  std::string whole;
  for (const WalRecord& record : read_wal(log))
    if (record.good) append_record(whole, record_at(log, record.offset));
  return whole;
}

Result<void> leave_out_damage(const std::string& directory) {
  SLUICE_TRY(const auto logs, read_wals(directory));
  const std::string where = first_bad(logs);
  if (where.empty()) return {};
  SLUICE_CHECK(replace_file(directory, directory + damage_file, where));
  for (const WalFile& log : logs) {
    if (first_bad({log}).empty()) continue;
    const std::string path = directory + "/" + log.name;
    SLUICE_TRY(const std::string content, read_wal_file(path));
    SLUICE_CHECK(replace_file(directory, path, whole_records(content)));
  }
  return {};
}

std::optional<std::string> left_out_damage(const std::string& directory) {
  std::ifstream file(directory + damage_file);
  if (!file.is_open()) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<void> forget_damage(const std::string& directory) {
  std::error_code ec;
  std::filesystem::remove(directory + damage_file, ec);
  if (ec) return Error{ErrorCode::io, "removing " + directory + damage_file};
  return {};
}

}  // namespace sluice::storage
