#include "daemon/storage/samples/postings.h"

#include "daemon/storage/samples/packed_body.h"

namespace sluice::storage {

namespace {

constexpr std::uint64_t list_form = 0;
constexpr std::uint64_t bitmap_form = 1;
constexpr std::uint64_t all_form = 2;

Error damaged_postings(const char* what) {
  return {ErrorCode::corrupt, std::string(what) + " of a sample part do not decode"};
}

std::string posting_list(const GroupSet& groups) {
  std::string list;
  std::uint32_t next = 0;
  groups.for_each([&](std::uint32_t group) {
    put_varint(list, group - next);
    next = group + 1;
  });
  return list;
}

std::string posting_bitmap(const GroupSet& groups) {
  std::string bits((std::size_t{groups.size()} + 7) / 8, '\0');
  groups.for_each([&](std::uint32_t group) {
    bits[group / 8] = static_cast<char>(bits[group / 8] | 1 << group % 8);
  });
  return bits;
}

void put_posting(std::string& out, std::uint64_t form, std::string_view bytes) {
  put_varint(out, bytes.size() * 4 + form);
  out += bytes;
}

bool read_posting_list(std::string_view bytes, GroupSet& groups) {
  ByteReader in(bytes);
  for (std::uint64_t next = 0; in.left() > 0;) {
    const std::uint64_t gap = in.varint();
    if (!in.ok() || gap >= groups.size() - next) return false;
    next += gap;
    groups.add(static_cast<std::uint32_t>(next++));
    if (next == groups.size()) return in.finished();
  }
  return true;
}

bool read_posting_bitmap(std::string_view bits, GroupSet& groups) {
  if (bits.size() != (std::size_t{groups.size()} + 7) / 8) return false;
  for (std::size_t bit = 0; bit < bits.size() * 8; ++bit) {
    if ((bits[bit / 8] >> bit % 8 & 1) == 0) continue;
    if (bit >= groups.size()) return false;
    groups.add(static_cast<std::uint32_t>(bit));
  }
  return true;
}

// False: they do not ascend.
bool read_least_values(ByteReader& in, PostingsName& name) {
  const std::size_t blocks = in.count(1);
  bool sound = blocks > 0;
  for (std::size_t i = 0; i < blocks && in.ok(); ++i) {
    std::string least(in.string());
    sound = sound && (name.least.empty() || name.least.back() < least);
    name.least.push_back(std::move(least));
  }
  return sound;
}

bool read_section(ByteReader& in, PostingsSection& section, std::uint64_t& next_block) {
  const std::size_t names = in.count(3);
  bool sound = true;
  for (std::size_t i = 0; i < names && in.ok() && sound; ++i) {
    PostingsName name;
    name.name = in.string();
    name.first_block = static_cast<std::uint32_t>(next_block);
    sound = read_least_values(in, name) &&
            (section.names.empty() || section.names.back().name < name.name);
    next_block += name.least.size();
    section.names.push_back(std::move(name));
  }
  return sound && in.ok() && next_block <= UINT32_MAX;
}

}  // namespace

const PostingsName* PostingsSection::find(std::string_view name) const {
  const auto it =
      std::lower_bound(names.begin(), names.end(), name,
                       [](const PostingsName& n, std::string_view text) { return n.name < text; });
  return it != names.end() && it->name == name ? &*it : nullptr;
}

std::string encode_postings_directory(const PostingsDirectory& directory, int level) {
  std::string body;
  put_varint(body, directory.size());
  for (const PostingsSection& section : directory) {
    put_varint(body, section.groups);
    put_varint(body, section.names.size());
    for (const PostingsName& name : section.names) {
      put_string(body, name.name);
      put_varint(body, name.least.size());
      for (const std::string& least : name.least) put_string(body, least);
    }
  }
  return pack_zstd(body, level);
}

Result<PostingsDirectory> decode_postings_directory(std::string_view payload,
                                                    std::uint32_t groups) {
  SLUICE_TRY(const std::string body, unpack_zstd(payload));
  ByteReader in(body);
  const std::size_t sections = in.count(2);
  PostingsDirectory directory;
  std::uint64_t next_group = 0;
  std::uint64_t next_block = 0;
  for (std::size_t i = 0; i < sections && in.ok(); ++i) {
    const std::uint64_t covered = in.varint();
    if (covered == 0 || covered > groups - next_group) return damaged_postings("label names");
    PostingsSection section;
    section.first_group = static_cast<std::uint32_t>(next_group);
    section.groups = static_cast<std::uint32_t>(covered);
    next_group += covered;
    if (!read_section(in, section, next_block)) return damaged_postings("label names");
    directory.push_back(std::move(section));
  }
  if (!in.finished()) return damaged_postings("label names");
  return directory;
}

void PostingsBlockWriter::add(std::string_view value, const GroupSet& groups) {
  const auto end = std::mismatch(last_.begin(), last_.end(), value.begin(), value.end());
  const auto shared = static_cast<std::size_t>(end.first - last_.begin());
  put_varint(body_, shared);
  put_string(body_, value.substr(shared));
  last_ = value;
  ++values_;
  if (groups.count() == groups.size()) return put_posting(body_, all_form, {});
  const std::string list = posting_list(groups);
  if (list.size() <= groups.size() / 8) return put_posting(body_, list_form, list);
  put_posting(body_, bitmap_form, posting_bitmap(groups));
}

std::string PostingsBlockWriter::finish(int level) {
  std::string body;
  put_varint(body, values_);
  body += body_;
  *this = {};
  return pack_zstd(body, level);
}

PostingsBlockReader::PostingsBlockReader(std::string_view body, std::uint32_t groups)
    : in_(body), groups_(groups), left_(in_.count(3)) {}

Result<bool> PostingsBlockReader::next() {
  if (left_ == 0) {
    if (!in_.finished()) return damaged_postings("postings");
    return false;
  }
  --left_;
  const std::uint64_t shared = in_.varint();
  const std::string_view rest = in_.string();
  const std::uint64_t form = in_.varint();
  posting_ = in_.bytes(form / 4);
  form_ = form % 4;
  if (!in_.ok() || shared > value_.size()) return damaged_postings("postings");
  // What follows the shared front must be greater than what it replaces.
  if (!first_ && rest <= std::string_view(value_).substr(shared))
    return damaged_postings("postings");
  first_ = false;
  value_.resize(shared);
  value_ += rest;
  return true;
}

Result<void> PostingsBlockReader::read_groups(GroupSet& groups) const {
  groups.clear();
  const bool sound = form_ == list_form     ? read_posting_list(posting_, groups)
                     : form_ == bitmap_form ? read_posting_bitmap(posting_, groups)
                                            : form_ == all_form && posting_.empty();
  if (!sound) return damaged_postings("postings");
  if (form_ == all_form) groups = GroupSet(groups_, true);
  return {};
}

}  // namespace sluice::storage
