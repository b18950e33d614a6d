// What makes a corpus fit for a benchmark: the same for a seed, no repeats, times that advance,
// needles in known numbers, a skewed reuse of values.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <unordered_set>

#include "tests/bench/corpus/samples.h"
#include "tests/bench/corpus/stream_writer.h"

namespace sluice::bench {
namespace {

constexpr TimeSpan morning{1'710'835'200'000'000'000, 1'710'849'456'000'000'000};

struct Corpus {
  std::vector<Sample> samples;
  std::vector<StreamPlan> plans;
};

Corpus small_corpus(std::size_t bytes, std::uint64_t seed) {
  Corpus corpus;
  corpus.samples = read_formats(SLUICE_SOURCE_DIR "/tests/bench/corpus/formats").value();
  corpus.plans = make_plan(bytes, seed, corpus.samples);
  return corpus;
}

std::string text_of(const StreamPlan& plan) {
  std::string text;
  generate(plan, morning, [&](std::int64_t now, const std::string& line) {
    text += std::to_string(now) + " " + line + "\n";
  });
  return text;
}

std::vector<std::string> lines_of(const StreamPlan& plan) {
  std::vector<std::string> lines;
  generate(plan, morning, [&](std::int64_t, const std::string& line) { lines.push_back(line); });
  return lines;
}

std::size_t count_lines(const std::vector<std::string>& lines, std::string_view needle) {
  return static_cast<std::size_t>(std::count_if(
      lines.begin(), lines.end(),
      [&](const std::string& line) { return line.find(needle) != std::string::npos; }));
}

TEST_CASE("the same seed gives the same bytes, another seed others") {
  const Corpus one = small_corpus(2'000'000, 7), same = small_corpus(2'000'000, 7),
               other = small_corpus(2'000'000, 8);
  for (const std::size_t i : {0U, 5U, 95U, 96U, 145U}) {
    CHECK(text_of(one.plans[i]) == text_of(same.plans[i]));
    CHECK(text_of(one.plans[i]) != text_of(other.plans[i]));
  }
}

TEST_CASE("146 streams with labels of their own and about the bytes asked for, half JSON") {
  const Corpus corpus = small_corpus(4'000'000, 1);
  CHECK(corpus.plans.size() == 146);
  std::unordered_set<std::string> labels, files;
  std::map<std::string, std::size_t> bytes;
  for (const auto& plan : corpus.plans) {
    labels.insert(plan.labels);
    files.insert(plan.file);
    bytes[plan.kind] += generate(plan, morning, [](std::int64_t, const std::string&) {}).bytes;
  }
  CHECK(labels.size() == 146);
  CHECK(files.size() == 146);
  CHECK(bytes["text"] > 1'950'000);
  CHECK(bytes["text"] < 2'100'000);
  CHECK(bytes["json"] > 1'950'000);
  CHECK(bytes["json"] < 2'100'000);
}

TEST_CASE("times advance within the span, and lines tell the time they were written at") {
  const Corpus corpus = small_corpus(4'000'000, 3);
  for (const auto& plan : corpus.plans) {
    std::int64_t last = morning.start_ns;
    bool advances = true;
    generate(plan, morning, [&](std::int64_t now, const std::string& line) {
      advances = advances && now > last;
      last = now;
      if (plan.kind != "json") return;
      Moment moment;
      moment.set(now);
      std::string time;
      append_time("%Y-%m-%dT%H:%M:%S.%NZ", moment, time);
      advances = advances && line.find(time) != std::string::npos;
    });
    INFO(plan.labels);
    CHECK(advances);
    CHECK(last <= morning.end_ns + 60'000'000'000);
    CHECK(last > morning.start_ns + (morning.end_ns - morning.start_ns) / 2);
  }
}

TEST_CASE("no line is written twice") {
  const Corpus corpus = small_corpus(20'000'000, 5);
  for (const std::size_t i : {0U, 1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 96U, 100U}) {
    const auto lines = lines_of(corpus.plans[i]);
    const std::unordered_set<std::string> distinct(lines.begin(), lines.end());
    INFO(corpus.plans[i].labels);
    CHECK(lines.size() > 500);
    CHECK(distinct.size() == lines.size());
  }
}

TEST_CASE("planted needles are found in the promised number") {
  const Corpus corpus = small_corpus(1'000'000, 2);
  std::size_t rare = 0, part = 0, trace = 0, user = 0, odd = 0, absent = 0;
  for (const auto& plan : corpus.plans) {
    const auto lines = lines_of(plan);
    rare += count_lines(lines, rare_word);
    part += count_lines(lines, "quantiz");
    trace += count_lines(lines, planted_trace);
    user += count_lines(lines, planted_user);
    absent += count_lines(lines, "zzqqxxyy");
    for (const char* start : {"Flummox", "flummox", "FLUMMOX"}) odd += count_lines(lines, start);
  }
  CHECK(rare == 7);
  CHECK(part == 4);
  CHECK(trace == 5);
  CHECK(user == 20);
  CHECK(odd == 12);
  CHECK(absent == 0);
}

TEST_CASE("a few users make much of the traffic, and there are many of them") {
  const Corpus corpus = small_corpus(40'000'000, 4);  // enough requests for skew to show
  std::map<std::string, std::size_t> users;
  std::size_t lines = 0;
  for (const auto& line : lines_of(corpus.plans[96])) {
    const auto at = line.find("\"user_id\":\"") + 11;
    ++users[line.substr(at, line.find('"', at) - at)];
    ++lines;
  }
  std::vector<std::size_t> counts;
  for (const auto& [user, count] : users) counts.push_back(count);
  std::sort(counts.rbegin(), counts.rend());
  CHECK(users.size() > 100);
  CHECK(counts[0] * users.size() > 4 * lines);  // the busiest: over four times the mean
}

}  // namespace
}  // namespace sluice::bench
