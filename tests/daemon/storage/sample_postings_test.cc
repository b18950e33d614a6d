// Postings of sealed sample parts: what they select is what plain matchers select, with damage and
// in parts of versions that had none; groups that cannot match are not read.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <random>
#include <set>

#include "daemon/storage/check_store.h"
#include "daemon/storage/keys.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;
using Catch::Matchers::ContainsSubstring;
using query::LabelMatcher;
using query::MatchOp;

namespace {

constexpr std::int64_t time_ms = noon / 1'000'000;
using Matchers = std::vector<LabelMatcher>;
using Texts = std::vector<std::string>;

class Postings : public StoreFixture {
 public:
  Postings() { open(); }

  void write(const std::vector<LabelSet>& all, std::int64_t at_ms) {
    std::vector<SeriesSamples> series;
    for (const LabelSet& labels : all) series.push_back({labels, {{at_ms, 1}}, {}});
    REQUIRE(store().write(tenant, std::move(series), {}).has_value());
    written.insert(all.begin(), all.end());
    flush();
  }
  std::vector<LabelSet> find(const Matchers& matching) {
    return series_of(tenant, matching, INT64_MIN, INT64_MAX);
  }
  Texts values(const std::string& name, const Matchers& matching) {
    query::QueryContext context;
    auto found =
        store().samples().label_values({tenant, matching, INT64_MIN, INT64_MAX}, name, context);
    REQUIRE(found.has_value());
    warnings = context.warnings();
    return std::move(*found);
  }
  Texts names(const Matchers& matching) {
    query::QueryContext context;
    auto found = store().samples().label_names({tenant, matching, INT64_MIN, INT64_MAX}, context);
    REQUIRE(found.has_value());
    return std::move(*found);
  }
  std::vector<LabelSet> expected(const Matchers& matching) const {
    std::vector<LabelSet> found;
    for (const LabelSet& labels : written)
      if (query::matches_all(matching, labels)) found.push_back(labels);
    return found;
  }
  void check(const Matchers& matching) {
    std::string text;
    for (const auto& matcher : matching) text += matcher.to_string() + " ";
    INFO(text);
    const auto wanted = expected(matching);
    REQUIRE(find(matching) == wanted);
    std::set<std::string> all_names;
    std::map<std::string, std::set<std::string>> all_values;
    for (const LabelSet& labels : wanted)
      for (const Label& label : labels) {
        all_names.insert(label.name);
        all_values[label.name].insert(label.value);
      }
    REQUIRE(names(matching) == Texts(all_names.begin(), all_names.end()));
    for (const char* name : {"__name__", "a", "pod", "odd", "nothing"}) {
      const auto& known = all_values[name];
      REQUIRE(values(name, matching) == Texts(known.begin(), known.end()));
    }
  }
  // Keys of one kind, of all parts, in order.
  std::vector<std::string> keys_of(SampleValue what) {
    std::vector<std::string> keys;
    Scan scan = store().database().scan(Family::sample_rows, "", "");
    while (scan.next())
      if (parse_sample_value(scan.key()) == what) keys.emplace_back(scan.key());
    return keys;
  }
  void damage(const std::string& key) {
    std::string value;
    {
      Scan scan = store().database().scan(Family::sample_rows, key, "");
      REQUIRE(scan.next());
      REQUIRE(scan.key() == key);
      value = scan.raw_value();
    }
    value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 4);
    Batch step = store().database().batch();
    step.put_raw(Family::sample_rows, key, value);
    REQUIRE(store().database().write(step, Writer::maintenance).has_value());
  }
  // As a version before postings would have left it.
  void remove_postings() {
    Batch step = store().database().batch();
    for (const SampleValue what : {SampleValue::names, SampleValue::postings})
      for (const std::string& key : keys_of(what)) step.remove(Family::sample_rows, key);
    REQUIRE(store().database().write(step, Writer::maintenance).has_value());
    reopen();
  }
  double corrupt_count() { return metric(metrics, "sluice_storage_corrupt_total"); }

  std::set<LabelSet> written;
};

// Metrics of some hundred series each; pods of one series, some series without.
std::vector<LabelSet> many_series(std::size_t count, std::size_t first = 0,
                                  const std::string& long_tail = {}) {
  std::vector<LabelSet> all;
  for (std::size_t i = first; i < first + count; ++i) {
    LabelSet labels = {{"__name__", "metric_" + std::to_string(i * 12 / count)},
                       {"a", std::to_string(i % 7)}};
    if (i % 5 != 0) labels.set("pod", "pod-" + std::to_string(i) + long_tail);
    if (i * 12 / count == 3 && i % 2 == 0) labels.set("odd", std::to_string(i % 3));
    all.push_back(std::move(labels));
  }
  return all;
}

LabelMatcher make(const std::string& name, MatchOp op, const std::string& value) {
  auto made = LabelMatcher::make(name, op, value);
  REQUIRE(made.has_value());
  return *made;
}

LabelMatcher random_matcher(std::mt19937_64& random) {
  const auto any = [&](std::initializer_list<const char*> texts) {
    return std::string(texts.begin()[random() % texts.size()]);
  };
  const auto op = static_cast<MatchOp>(random() % 4);
  const std::string number = std::to_string(random() % 7'000);
  switch (random() % 5) {
    case 0:
      return make("__name__", op, any({"metric_1", "metric_3|metric_7", "metric_1.*", ".*_5", ""}));
    case 1: return make("a", op, any({"1", "1|3", "[2-5]", "", ".*", "9"}));
    case 2: return make("odd", op, any({"1", "", ".+", ".*", "0|2", "x"}));
    case 3: return make("nothing", op, any({"", "x", ".*", ".+"}));
    default: break;
  }
  const std::string pod = "pod-" + number;
  return make("pod", op,
              random() % 2 == 0 ? pod : any({"", ".+", "pod-12.*", "pod-1|pod-2|", "|x"}));
}

}  // namespace

TEST_CASE_METHOD(Postings, "postings select what plain matchers select") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  // The first part has several sections.
  write(many_series(5'000, 0, std::string(1'200, 'x')), time_ms);
  write(many_series(4'000, 3'000), time_ms + 1);
  write({{{"__name__", "metric_3"}, {"a", "new"}}}, time_ms + 2);
  const auto rounds = [&](int count) {
    check({});
    for (int round = 0; round < count; ++round) {
      Matchers matching;
      const std::size_t some = random() % 3 + 1;
      for (std::size_t i = 0; i < some; ++i) matching.push_back(random_matcher(random));
      check(matching);
    }
  };
  rounds(8);
  SECTION("in parts without postings") {
    remove_postings();
    rounds(3);
    clock.advance(std::chrono::hours(24));
    REQUIRE(store().merge_now().has_value());
    CHECK(!keys_of(SampleValue::postings).empty());  // a merge writes them
    rounds(5);
  }
  SECTION("where some are damaged") {
    const auto blocks = keys_of(SampleValue::postings);
    REQUIRE(blocks.size() > 6);
    for (int i = 0; i < 4; ++i) damage(blocks[random() % blocks.size()]);
    reopen();
    rounds(5);
  }
  SECTION("where the directory is damaged") {
    damage(keys_of(SampleValue::names).front());
    reopen();
    rounds(4);
  }
  SECTION("beside samples in the head") {
    const auto more = many_series(50, 8'000);
    std::vector<SeriesSamples> series;
    for (const LabelSet& labels : more) series.push_back({labels, {{time_ms + 9, 1}}, {}});
    REQUIRE(store().write(tenant, std::move(series), {}).has_value());
    written.insert(more.begin(), more.end());
    rounds(3);
  }
}

TEST_CASE_METHOD(Postings, "groups that cannot match are not read, of a rare value all but one") {
  write(many_series(5'000), time_ms);
  const auto groups = keys_of(SampleValue::labels);
  REQUIRE(groups.size() > 8);
  // Only the group of the series stays whole.
  const Matchers rare = {make("pod", MatchOp::equal, "pod-1")};
  const auto wanted = expected(rare);
  REQUIRE(wanted.size() == 1);
  for (std::size_t i = 1; i < groups.size(); ++i) damage(groups[i]);
  reopen();
  CHECK(find(rare) == wanted);
  CHECK(warnings.empty());
  CHECK(find({make("pod", MatchOp::regex, "pod-1|pod-nowhere")}) == wanted);
  CHECK(find({make("pod", MatchOp::regex, "pod-.|none")}).size() == 8);  // 0 and 5 are none
  CHECK(warnings.empty());
  CHECK(find({make("nothing", MatchOp::not_equal, "")}).empty());
  CHECK(corrupt_count() == 0);
  // Names and values without a selector, or with one that matches whole groups, read none.
  CHECK(names({}) == Texts({"__name__", "a", "odd", "pod"}));
  CHECK(values("a", {}).size() == 7);
  CHECK(values("pod", {make("pod", MatchOp::regex, "pod-1.*")}).size() == 889);
  CHECK(values("__name__", {}).size() == 12);
  CHECK(warnings.empty());
  CHECK(corrupt_count() == 0);
  CHECK(find({}).size() < 1'000);
  CHECK(!warnings.empty());
}

TEST_CASE_METHOD(Postings, "damaged postings are told, named by the check, and cost no series") {
  write(many_series(5'000), time_ms);
  const Matchers rare = {make("pod", MatchOp::equal, "pod-1234")};
  std::string key;
  SECTION("names") {
    key = keys_of(SampleValue::names).front();
  }
  SECTION("a dictionary") {
    key = keys_of(SampleValue::postings).back();
  }
  damage(key);
  reopen();
  CHECK(find({make("pod", MatchOp::not_equal, "")}).size() == 4'000);
  CHECK(find({make("pod", MatchOp::regex, "pod-4999|pod-4998")}).size() == 2);
  CHECK(find(rare) == expected(rare));
  CHECK(values("pod", {}).size() == 4'000);
  CHECK(warnings.empty());  // nothing is missing
  CHECK(corrupt_count() > 0);
  const auto report = check_store(store().database(), [] { return false; });
  REQUIRE(report.has_value());
  REQUIRE(!report->problems.empty());
  CHECK_THAT(report->problems.front(), ContainsSubstring(printable_key(key)));
  // A merge makes them new.
  write({{{"__name__", "other"}}}, time_ms + 1);
  clock.advance(std::chrono::hours(24));
  REQUIRE(store().merge_now().has_value());
  const auto after = check_store(store().database(), [] { return false; });
  REQUIRE(after.has_value());
  CHECK(after->damaged == 0);
  CHECK(find(rare) == expected(rare));
}

TEST_CASE_METHOD(Postings, "labels of deleted series are not listed") {
  write(many_series(600), time_ms);
  const Matchers one = {make("pod", MatchOp::equal, "pod-7")};
  REQUIRE(store().delete_series(tenant, {one}, INT64_MIN, INT64_MAX).has_value());
  CHECK(values("pod", one).empty());
  CHECK(values("pod", {}).size() == 479);
}
