#include "daemon/storage/samples/slot_set.h"

#include <algorithm>

namespace sluice::storage {

namespace {

std::uint16_t high_of(std::uint32_t slot) {
  return static_cast<std::uint16_t>(slot >> 16);
}
std::uint16_t low_of(std::uint32_t slot) {
  return static_cast<std::uint16_t>(slot);
}

// Sorted lists; each says whether it changed anything.
template <class T>
bool add_sorted(std::vector<T>& list, T value) {
  const auto at = list.empty() || list.back() < value
                      ? list.end()
                      : std::lower_bound(list.begin(), list.end(), value);
  if (at != list.end() && *at == value) return false;
  list.insert(at, value);
  return true;
}

template <class T>
bool remove_sorted(std::vector<T>& list, T value) {
  const auto at = std::lower_bound(list.begin(), list.end(), value);
  if (at == list.end() || *at != value) return false;
  list.erase(at);
  return true;
}

}  // namespace

bool SlotSet::Container::contains(std::uint16_t low) const {
  if (bits) return ((*bits)[low / 64] >> (low % 64) & 1) != 0;
  return std::binary_search(list.begin(), list.end(), low);
}

bool SlotSet::Container::add(std::uint16_t low) {
  if (bits) {
    if (contains(low)) return false;
    (*bits)[low / 64] |= std::uint64_t{1} << (low % 64);
  } else if (!add_sorted(list, low)) {
    return false;
  }
  if (++count > list_max && !bits) to_bits();
  return true;
}

bool SlotSet::Container::remove(std::uint16_t low) {
  if (bits) {
    if (!contains(low)) return false;
    (*bits)[low / 64] &= ~(std::uint64_t{1} << (low % 64));
  } else if (!remove_sorted(list, low)) {
    return false;
  }
  // Half way back, so that a set at the bound does not change its form with every number.
  if (--count <= list_max / 2 && bits) to_list();
  return true;
}

void SlotSet::Container::to_bits() {
  bits = std::make_unique<Bits>();
  for (const std::uint16_t low : list) (*bits)[low / 64] |= std::uint64_t{1} << (low % 64);
  list = {};
}

void SlotSet::Container::to_list() {
  std::vector<std::uint16_t> lows;
  lows.reserve(count);
  for_each([&](std::uint32_t slot) { lows.push_back(low_of(slot)); });
  list = std::move(lows);
  bits.reset();
}

std::vector<SlotSet::Container>::iterator SlotSet::container_of(std::uint16_t high) const {
  return std::lower_bound(containers_->begin(), containers_->end(), high,
                          [](const Container& c, std::uint16_t h) { return c.high < h; });
}

void SlotSet::insert(std::uint32_t slot) {
  auto at = container_of(high_of(slot));
  if (at == containers_->end() || at->high != high_of(slot))
    at = containers_->insert(at, Container{high_of(slot)});
  if (at->add(low_of(slot))) ++size_;
}

void SlotSet::spread() {
  containers_ = std::make_unique<std::vector<Container>>();
  size_ = 0;
  for (const std::uint32_t slot : few_) insert(slot);
  few_ = {};
}

void SlotSet::add(std::uint32_t slot) {
  if (!containers_ && size_ == few_max && !contains(slot)) spread();
  if (containers_) return insert(slot);
  if (add_sorted(few_, slot)) ++size_;
}

void SlotSet::remove(std::uint32_t slot) {
  if (!containers_) {
    if (remove_sorted(few_, slot)) --size_;
    return;
  }
  const auto at = container_of(high_of(slot));
  if (at == containers_->end() || at->high != high_of(slot) || !at->remove(low_of(slot))) return;
  --size_;
  if (at->count == 0) containers_->erase(at);
  if (size_ == 0) containers_.reset();
}

bool SlotSet::contains(std::uint32_t slot) const {
  if (!containers_) return std::binary_search(few_.begin(), few_.end(), slot);
  const auto at = container_of(high_of(slot));
  return at != containers_->end() && at->high == high_of(slot) && at->contains(low_of(slot));
}

}  // namespace sluice::storage
