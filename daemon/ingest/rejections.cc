#include "daemon/ingest/rejections.h"

namespace sluice::ingest {

namespace {

constexpr std::size_t texts_max = 10;

}  // namespace

void Rejections::add(const std::string& reason, std::size_t items, std::string text) {
  counts_[reason] += items;
  items_ += items;
  ++told_;
  if (texts_.size() < texts_max) texts_.push_back(std::move(text));
}

void Rejections::add(const Rejections& others) {
  for (const auto& [reason, items] : others.counts_) counts_[reason] += items;
  items_ += others.items_;
  told_ += others.told_;
  for (const auto& text : others.texts_)
    if (texts_.size() < texts_max) texts_.push_back(text);
}

std::string Rejections::message(std::size_t total, const std::string& unit) const {
  std::string out =
      std::to_string(items_) + " of " + std::to_string(total) + " " + unit + " refused:\n";
  for (const auto& text : texts_) out += text + "\n";
  if (told_ > texts_.size()) out += "and " + std::to_string(told_ - texts_.size()) + " more\n";
  return out;
}

}  // namespace sluice::ingest
