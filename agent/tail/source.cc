#include "agent/tail/source.h"

#include <vector>

namespace sluice::agent {

std::string_view to_string(LossReason reason) {
  switch (reason) {
    case LossReason::overwritten: return "overwritten";
    case LossReason::deleted: return "deleted";
    case LossReason::abandoned: return "abandoned";
  }
  return "deleted";
}

Source& SourceTable::add(SourceRecord record) {
  auto owned = std::make_unique<Source>(std::move(record), backoff_);
  Source& source = *owned;
  source.key = next_key_++;
  has_new_ = true;
  sources_.emplace(source.key, std::move(owned));
  if (source.record.phase != Phase::lost) by_file_[key_of(source.record.print.id)] = &source;
  if (source.record.phase == Phase::live) by_path_[source.record.path] = &source;
  touch(source);
  return source;
}

void SourceTable::erase(Source& source) {
  leave_path(source);
  leave_file(source);
  active_.erase(&source);
  sources_.erase(source.key);
}

Source* SourceTable::by_key(std::uint64_t key) {
  const auto it = sources_.find(key);
  return it == sources_.end() ? nullptr : it->second.get();
}

Source* SourceTable::by_file(const FileId& id) {
  const auto it = by_file_.find(key_of(id));
  return it == by_file_.end() ? nullptr : it->second;
}

Source* SourceTable::by_path(const std::string& path) {
  const auto it = by_path_.find(path);
  return it == by_path_.end() ? nullptr : it->second;
}

void SourceTable::move_to_path(Source& source, const std::string& path) {
  leave_path(source);
  source.record.path = path;
  by_path_[path] = &source;
}

void SourceTable::leave_path(Source& source) {
  const auto it = by_path_.find(source.record.path);
  if (it != by_path_.end() && it->second == &source) by_path_.erase(it);
}

void SourceTable::leave_file(Source& source) {
  const auto it = by_file_.find(key_of(source.record.print.id));
  if (it != by_file_.end() && it->second == &source) by_file_.erase(it);
}

void SourceTable::move_to_file(Source& source, const FileId& id) {
  leave_file(source);
  source.record.print.id = id;
  by_file_[key_of(id)] = &source;
}

std::size_t SourceTable::open_files() const {
  std::size_t n = 0;
  for (const auto& [key, source] : sources_) n += source->file.is_open() ? 1 : 0;
  return n;
}

void SourceTable::for_each(const std::function<void(Source&)>& visit) {
  std::vector<std::uint64_t> keys;  // a visitor may add and erase
  keys.reserve(sources_.size());
  for (const auto& [key, source] : sources_) keys.push_back(key);
  for (const auto key : keys)
    if (Source* source = by_key(key)) visit(*source);
}

void SourceTable::set_saved() {
  has_new_ = false;
  for (const auto& [key, source] : sources_) source->durable = true;
}

void SourceTable::touch(Source& source) {
  if (source.needs_work())
    active_.insert(&source);
  else
    active_.erase(&source);
}

}  // namespace sluice::agent
