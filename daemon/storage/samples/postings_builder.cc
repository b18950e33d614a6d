#include "daemon/storage/samples/postings_builder.h"

#include "daemon/storage/samples/label_key.h"

namespace sluice::storage {

namespace {

// What an entry of a map takes beside its text, about.
constexpr std::size_t value_bytes = 128;
constexpr std::size_t name_bytes = 256;

GroupSet set_of(std::string_view gaps, std::uint32_t groups) {
  GroupSet set(groups);
  ByteReader in(gaps);
  for (std::uint32_t next = 0; in.left() > 0;) {
    next += static_cast<std::uint32_t>(in.varint());
    set.add(next++);
  }
  return set;
}

}  // namespace

bool PostingsBuilder::GroupList::add(std::uint32_t group) {
  if (next == group + 1) return false;
  put_varint(gaps, group - next);
  next = group + 1;
  return true;
}

void PostingsBuilder::add(std::string_view key) {
  if (directory_bytes_ > limits_.directory_bytes) return;
  ++series_;
  LabelKeyReader labels(key);
  for (LabelView label; labels.next(label);) {
    if (label.value.empty()) continue;  // as if it were absent
    auto name = names_.find(label.name);
    if (name == names_.end()) {
      name = names_.try_emplace(std::string(label.name)).first;
      bytes_ += name_bytes + label.name.size();
    }
    add_label(name->second, label.value);
  }
}

void PostingsBuilder::add_label(Name& name, std::string_view value) {
  ++name.series;
  if (!name.last || name.last->first != value) {
    auto it = name.values.find(value);
    if (it == name.values.end()) {
      it = name.values.try_emplace(std::string(value)).first;
      bytes_ += value_bytes + value.size();
    }
    name.last = &*it;
  }
  if (name.last->second.add(groups_)) bytes_ += 2;
}

void PostingsBuilder::end_group(const Put& put) {
  if (series_ == 0) return;
  for (auto& [text, name] : names_) {
    if (name.series == series_) name.whole.add(groups_);
    name.series = 0;
  }
  series_ = 0;
  ++groups_;
  if (bytes_ >= limits_.section_bytes) put_section(put);
}

PostingsName PostingsBuilder::put_name(const std::string& text, const Name& name, const Put& put) {
  std::vector<const Values::value_type*> sorted;
  sorted.reserve(name.values.size());
  for (const auto& value : name.values) sorted.push_back(&value);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  PostingsName where{text, next_block_, {}};
  PostingsBlockWriter block;
  const auto add = [&](const std::string& value, const GroupSet& groups) {
    if (block.empty()) where.least.push_back(value);
    block.add(value, groups);
    if (block.bytes() >= limits_.block_bytes) put(block.finish(level_));
  };
  GroupSet lacking(groups_, true);
  lacking.subtract(set_of(name.whole.gaps, groups_));
  if (!lacking.empty()) add(std::string(), lacking);
  for (const auto* value : sorted) add(value->first, set_of(value->second.gaps, groups_));
  if (!block.empty()) put(block.finish(level_));
  next_block_ += static_cast<std::uint32_t>(where.least.size());
  return where;
}

void PostingsBuilder::put_section(const Put& put) {
  if (groups_ == 0) return;
  PostingsSection section{next_group_, groups_, {}};
  for (const auto& [text, name] : names_) {
    section.names.push_back(put_name(text, name, put));
    directory_bytes_ += sizeof(PostingsName) + text.size();
    for (const std::string& least : section.names.back().least)
      directory_bytes_ += sizeof least + least.size();
  }
  directory_.push_back(std::move(section));
  next_group_ += groups_;
  groups_ = 0;
  names_.clear();
  bytes_ = 0;
}

const PostingsDirectory& PostingsBuilder::finish(const Put& put) {
  put_section(put);
  return directory_;
}

}  // namespace sluice::storage
