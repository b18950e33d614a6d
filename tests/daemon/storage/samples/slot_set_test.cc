// Posting lists against a plain set.
#include "daemon/storage/samples/slot_set.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>

using namespace sluice::storage;

namespace {

void check_equal(const SlotSet& slots, const std::set<std::uint32_t>& model) {
  std::vector<std::uint32_t> found;
  slots.for_each([&](std::uint32_t slot) { found.push_back(slot); });
  CHECK(found == std::vector<std::uint32_t>(model.begin(), model.end()));
  CHECK(slots.size() == model.size());
  CHECK(slots.empty() == model.empty());
}

}  // namespace

TEST_CASE("a slot set is a set, from few numbers to bitmaps and back") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (const std::uint32_t range : {20U, 5000U, 70'000U, 4'000'000'000U}) {
    SlotSet slots;
    std::set<std::uint32_t> model;
    const int count = range == 20 ? 100 : 9000;
    for (int i = 0; i < count; ++i) {
      const auto slot = static_cast<std::uint32_t>(random() % range);
      slots.add(slot);
      model.insert(slot);
    }
    check_equal(slots, model);
    for (int i = 0; i < 1000; ++i) {
      const auto slot = static_cast<std::uint32_t>(random() % range);
      CHECK(slots.contains(slot) == (model.count(slot) > 0));
    }
    while (!model.empty()) {
      const auto it = model.lower_bound(static_cast<std::uint32_t>(random() % range));
      const std::uint32_t slot = it == model.end() ? *model.begin() : *it;
      slots.remove(slot);
      slots.remove(slot);
      model.erase(slot);
      if (model.size() % 1500 == 0) check_equal(slots, model);
    }
    check_equal(slots, model);
  }
}
