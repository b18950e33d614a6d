// The index of the head against a plain list of label sets, while series come and go.
#include "daemon/storage/samples/series_index.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>

using namespace sluice;
using namespace sluice::storage;

namespace {

HeadSeries& add(SeriesIndex& index, const LabelSet& labels, std::uint64_t number) {
  std::vector<LabelView> views;
  for (const Label& label : labels) views.push_back({label.name, label.value});
  return index.add(hash_key(label_key(labels)), views, number);
}

HeadSeries* find(const SeriesIndex& index, const LabelSet& labels) {
  return index.find(hash_key(label_key(labels)));
}

query::LabelMatcher random_matcher(std::mt19937_64& random) {
  static const char* const names[] = {"__name__", "job", "i", "none"};
  static const char* const values[] = {"m1", "m2", "j1", "3", "", "m1|m2", "[0-4]", ".+"};
  const auto op = static_cast<query::MatchOp>(random() % 4);
  return std::move(query::LabelMatcher::make(names[random() % 4], op, values[random() % 8]))
      .value();
}

}  // namespace

TEST_CASE("the index finds what matches, in order, whatever came and went") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  SeriesIndex index;
  std::set<LabelSet> model;
  std::uint64_t number = 0;
  for (int step = 0; step < 4000; ++step) {
    const LabelSet labels = {{"__name__", "m" + std::to_string(random() % 3)},
                             {"job", "j" + std::to_string(random() % 3)},
                             {"i", std::to_string(random() % 100)}};
    HeadSeries* known = find(index, labels);
    CHECK((known != nullptr) == (model.count(labels) > 0));
    if (!known) {
      add(index, labels, ++number);
      model.insert(labels);
    } else if (random() % 3 != 0) {
      CHECK(known->key() == label_key(labels));
      index.remove(*known);
      model.erase(labels);
    }
    CHECK(index.size() == model.size());
    if (step % 40 != 0) continue;
    std::vector<query::LabelMatcher> matchers;
    for (std::uint64_t n = random() % 3; n > 0; --n) matchers.push_back(random_matcher(random));
    std::vector<std::string> wanted;
    for (const LabelSet& one : model)
      if (query::matches_all(matchers, one)) wanted.push_back(label_key(one));
    std::vector<std::string> found;
    for (const auto& matched : index.match(matchers)) found.push_back(matched.key);
    std::sort(found.begin(), found.end());
    CHECK(found == wanted);
  }
}

TEST_CASE("symbols are there once and go with their last user") {
  Symbols symbols;
  const Symbol* a = symbols.acquire("a");
  CHECK(symbols.acquire("a") == a);
  CHECK(symbols.find("b") == nullptr);
  symbols.release(a);
  CHECK(symbols.find("a") == a);
  symbols.release(a);
  CHECK(symbols.find("a") == nullptr);
  CHECK(symbols.size() == 0);
}
