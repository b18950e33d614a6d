#include "daemon/storage/table_correct.h"

#include <fcntl.h>
#include <re2/re2.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <functional>
#include <vector>

namespace sluice::storage {

namespace {

constexpr std::size_t trailer_bytes = 5;
constexpr std::size_t footer_bytes = 53;
constexpr std::size_t handles_end = 41;  // of the footer: checksum type 1, two handles, padding
constexpr char checksum_xxh3 = 4;
constexpr std::uint32_t footer_version = 5;
constexpr std::uint64_t table_magic = 0x88e241b785f4cff7;

class TableFile {
 public:
  explicit TableFile(const std::string& path)
      : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~TableFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;

  std::uint64_t size() const {
    const off_t end = fd_ < 0 ? 0 : ::lseek(fd_, 0, SEEK_END);
    return end < 0 ? 0 : static_cast<std::uint64_t>(end);
  }
  std::optional<std::string> read(std::uint64_t offset, std::size_t bytes) const {
    if (fd_ < 0 || bytes > size() || offset > size() - bytes) return std::nullopt;
    std::string content(bytes, '\0');
    const auto got = ::pread(fd_, content.data(), bytes, static_cast<off_t>(offset));
    if (got != static_cast<ssize_t>(bytes)) return std::nullopt;
    return content;
  }
  // Where, or nullopt if it could not be written.
  std::optional<std::string> put(std::uint64_t offset, char byte) const {
    const int fd = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    const bool done = ::pwrite(fd, &byte, 1, static_cast<off_t>(offset)) == 1 && ::fsync(fd) == 0;
    ::close(fd);
    if (!done) return std::nullopt;
    return std::filesystem::path(path_).filename().string() + " at byte " + std::to_string(offset);
  }

 private:
  const std::string path_;
  const int fd_;
};

// As RocksDB stores it: of the content without its last byte, which is mixed in.
bool checksum_matches(std::string_view block) {
  const std::string_view covered = block.substr(0, block.size() - 4);
  std::uint32_t stored = 0;
  std::memcpy(&stored, block.data() + covered.size(), sizeof stored);
  const auto last = static_cast<unsigned char>(covered.back());
  const auto hash = static_cast<std::uint32_t>(XXH3_64bits(covered.data(), covered.size() - 1));
  return (hash ^ (last * 0x6b9083d9U)) == stored;
}

// The byte whose one bit has to be flipped for `good` to hold, and what it then is.
struct Flipped {
  std::size_t at = 0;
  char byte = 0;
};

// nullopt if it holds already, for none or for several.
std::optional<Flipped> only_flip(std::string bytes,
                                 const std::function<bool(std::string_view)>& good) {
  if (good(bytes)) return std::nullopt;
  std::optional<Flipped> found;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    char& byte = bytes[bit / 8];
    const char before = byte;
    byte = static_cast<char>(byte ^ (1 << bit % 8));
    if (good(bytes)) {
      if (found) return std::nullopt;
      found = Flipped{bit / 8, byte};
    }
    byte = before;
  }
  return found;
}

std::optional<std::uint64_t> take_varint(std::string_view& from) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(from.front());
    from.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

struct Handle {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

std::optional<Handle> take_handle(std::string_view& from) {
  const auto offset = take_varint(from);
  const auto bytes = offset ? take_varint(from) : std::nullopt;
  if (!bytes) return std::nullopt;
  return Handle{*offset, *bytes};
}

// With its trailer.
std::optional<std::string> read_block(const TableFile& file, const Handle& handle) {
  if (handle.bytes > file.size()) return std::nullopt;
  return file.read(handle.offset, handle.bytes + trailer_bytes);
}

bool is_whole(const TableFile& file, const Handle& handle) {
  const auto block = read_block(file, handle);
  return block && checksum_matches(*block);
}

// Of the metaindex and the index; empty: the footer's handles cannot be read.
std::vector<Handle> handles_of(std::string_view footer) {
  std::string_view rest = footer.substr(1, handles_end - 1);
  const auto metaindex = take_handle(rest);
  const auto index = metaindex ? take_handle(rest) : std::nullopt;
  return index ? std::vector{*metaindex, *index} : std::vector<Handle>{};
}

// An entry of the metaindex: bytes shared with the key before (none), of the rest of the key and of
// the value, which is a handle; then both.
std::optional<Handle> take_entry(std::string_view& block) {
  std::array<std::uint64_t, 3> sizes{};
  for (auto& size : sizes) {
    const auto taken = take_varint(block);
    if (!taken) return std::nullopt;
    size = *taken;
  }
  const auto& [shared, key, value] = sizes;
  if (shared != 0 || key > block.size() || value > block.size() - key) return std::nullopt;
  std::string_view handle = block.substr(key, value);
  block.remove_prefix(key + value);
  return take_handle(handle);
}

std::vector<Handle> entries_of(std::string_view metaindex) {
  std::vector<Handle> handles;
  while (const auto handle = take_entry(metaindex)) handles.push_back(*handle);
  return handles;
}

template <typename T>
T footer_number(std::string_view footer, std::size_t at) {
  T value{};
  std::memcpy(&value, footer.data() + at, sizeof value);
  return value;
}

std::size_t bits_unlike(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::size_t>(std::popcount(a ^ b));
}

// Of a table that was never finished, the end is anything.
bool may_be_footer(std::string_view footer) {
  const auto version = footer_number<std::uint32_t>(footer, handles_end);
  const auto magic = footer_number<std::uint64_t>(footer, handles_end + 4);
  return bits_unlike(version, footer_version) + bits_unlike(magic, table_magic) <= 1;
}

bool all_whole(const TableFile& file, const std::vector<Handle>& blocks) {
  return std::all_of(blocks.begin(), blocks.end(),
                     [&](const Handle& block) { return is_whole(file, block); });
}

// But for whether what it leads to is there.
bool has_sound_fields(std::string_view footer) {
  return footer[0] == checksum_xxh3 &&
         footer_number<std::uint32_t>(footer, handles_end) == footer_version &&
         footer_number<std::uint64_t>(footer, handles_end + 4) == table_magic;
}

bool is_footer(std::string_view footer, const TableFile& file) {
  if (!has_sound_fields(footer)) return false;
  const auto handles = handles_of(footer);
  return !handles.empty() && all_whole(file, handles);
}

}  // namespace

std::optional<TableBlock> block_of_message(std::string_view message) {
  static const re2::RE2 names(R"(checksum mismatch: .*?  in (.+?\.sst) offset (\d+) size (\d+))");
  TableBlock block;
  if (!re2::RE2::PartialMatch(re2::StringPiece(message.data(), message.size()), names, &block.path,
                              &block.offset, &block.bytes))
    return std::nullopt;
  return block;
}

std::optional<std::string> correct_block(const TableBlock& block) {
  if (block.bytes > correctable_block_bytes) return std::nullopt;
  const TableFile file(block.path);
  auto content = file.read(block.offset, block.bytes + trailer_bytes);
  if (!content) return std::nullopt;
  const auto flip = only_flip(std::move(*content), checksum_matches);
  return flip ? file.put(block.offset + flip->at, flip->byte) : std::nullopt;
}

static std::optional<std::string> correct_footer(const TableFile& file, std::string footer) {
  const auto flip =
      only_flip(std::move(footer), [&](std::string_view tried) { return is_footer(tried, file); });
  return flip ? file.put(file.size() - footer_bytes + flip->at, flip->byte) : std::nullopt;
}

// Of all blocks that the footer leads to.
static std::vector<Handle> head_blocks(const TableFile& file, std::string_view footer) {
  auto handles = handles_of(footer);
  if (handles.empty()) return handles;
  if (const auto metaindex = read_block(file, handles[0]))
    for (const Handle& handle : entries_of(*metaindex)) handles.push_back(handle);
  return handles;
}

static std::optional<std::string> read_footer(const TableFile& file) {
  if (file.size() < footer_bytes) return std::nullopt;
  auto footer = file.read(file.size() - footer_bytes, footer_bytes);
  return footer && may_be_footer(*footer) ? footer : std::nullopt;
}

bool head_is_whole(const std::string& path) {
  const TableFile file(path);
  const auto footer = read_footer(file);
  if (!footer || !has_sound_fields(*footer)) return false;
  const auto blocks = head_blocks(file, *footer);
  return !blocks.empty() && all_whole(file, blocks);
}

std::optional<std::string> correct_head(const std::string& path) {
  const TableFile file(path);
  const auto footer = read_footer(file);
  if (!footer) return std::nullopt;
  for (const Handle& handle : head_blocks(file, *footer))
    if (auto place = correct_block({path, handle.offset, handle.bytes})) return place;
  return correct_footer(file, *footer);
}

}  // namespace sluice::storage
