#include "daemon/storage/corrections.h"

#include <filesystem>

#include "base/telemetry/log.h"
#include "daemon/storage/table_correct.h"
#include "daemon/storage/wal_correct.h"

namespace sluice::storage {

namespace {

using Places = std::vector<std::string>;

constexpr std::size_t flips_of_table = 16;  // set right at most at a start

// Whether it is whole then.
bool correct_table(const std::string& path, Places& places) {
  for (std::size_t tries = 0; tries < flips_of_table; ++tries) {
    if (head_is_whole(path)) return true;
    auto place = correct_head(path);
    if (!place) return false;
    places.push_back(std::move(*place));
  }
  return head_is_whole(path);
}

}  // namespace

bool Corrections::note(const Places& places) const {
  for (const auto& place : places) {
    metrics_.corrupt.inc();
    log_error("a bit on disk had flipped and is set right, nothing is lost", {{"where", place}});
  }
  return !places.empty();
}

bool Corrections::after_read(std::string_view message) {
  const auto block = allowed_ ? block_of_message(message) : std::nullopt;
  if (!block) return false;
  const std::lock_guard lock(mutex_);  // who comes second waits for the first, and reads again
  const std::pair key(block->path, block->offset);
  if (const auto known = tried_.find(key); known != tried_.end()) return known->second;
  if (tried_.size() >= max_blocks) return false;
  const auto place = correct_block(*block);
  tried_[key] = place.has_value();
  if (place) return note({*place});
  // The footer may lead to what is no block. Who has the table open keeps what it read of it.
  if (const auto footer = correct_head(block->path)) note({*footer});
  return false;
}

bool Corrections::after_open(std::string_view message) {
  if (!allowed_) return false;
  if (after_read(message)) return true;
  const auto manifests = correct_manifests(directory_);
  return manifests && note(*manifests);
}

std::set<std::string> Corrections::tables() const {
  std::set<std::string> damaged;
  Places places;
  std::error_code ec;
  for (const auto& file : std::filesystem::directory_iterator(directory_, ec)) {
    if (file.path().extension() != ".sst") continue;
    const std::string path = file.path().string();
    const bool whole = allowed_ ? correct_table(path, places) : head_is_whole(path);
    if (!whole) damaged.insert(file.path().filename().string());
  }
  note(places);
  return damaged;
}

Result<void> Corrections::logs() {
  if (!allowed_) return {};
  SLUICE_TRY(const auto places, correct_wals(directory_));
  note(places);
  return {};
}

}  // namespace sluice::storage
