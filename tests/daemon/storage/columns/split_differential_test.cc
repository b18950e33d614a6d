// What is split as JSON or logfmt against the parsers the query engine has: whatever they do not
// read whole is text, and what is not text has the fields they read.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "daemon/storage/columns/json_scan.h"
#include "daemon/storage/columns/template.h"
#include "query/logql/json_document.h"
#include "query/logql/line_arena.h"
#include "query/logql/logfmt.h"
#include "tests/daemon/storage/columns/line_samples.h"

using namespace sluice;
using namespace sluice::storage;
using nlohmann::json;

namespace {

struct Field {
  std::string path;  // keys, each preceded by 0x1F
  std::string text;  // as in the line
  bool string = false;
};

std::vector<Field> fields_of_line(std::string_view line, const SplitLine& split) {
  const auto pattern = LineTemplate::from(line, split);
  std::vector<Field> out;
  for (std::size_t i = 0; i < split.slots.size(); ++i) {
    const auto& slot = split.slots[i];
    out.push_back({pattern.fields[i], std::string(line.substr(slot.begin, slot.end - slot.begin)),
                   pattern.pieces[i].ends_with('"')});
  }
  return out;
}

void flatten(const json& object, const std::string& path,
             std::vector<std::pair<std::string, json>>& out) {
  for (const auto& [key, value] : object.items()) {
    const std::string name = path + '\x1F' + key;
    if (value.is_object())
      flatten(value, name, out);
    else
      out.emplace_back(name, value);
  }
}

// The first difference to what nlohmann_json reads.
std::string json_difference(std::string_view line, const SplitLine& split) {
  const json whole = json::parse(line, nullptr, false);
  if (!whole.is_object()) return "not an object";
  std::vector<std::pair<std::string, json>> expected;
  flatten(whole, "", expected);
  auto found = fields_of_line(line, split);
  if (found.size() != expected.size()) return "other number of fields";
  const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
  std::sort(found.begin(), found.end(), by_path);
  std::sort(expected.begin(), expected.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].path != expected[i].first) return "other path " + found[i].path;
    const std::string text = found[i].string ? '"' + found[i].text + '"' : found[i].text;
    if (json::parse(text) != expected[i].second) return "other value " + text;
    if (found[i].string != expected[i].second.is_string()) return "other type";
  }
  return "";
}

class CountingSink : public query::logql::JsonFieldSink {
 public:
  void field(const query::logql::JsonField&) override { ++count; }
  std::size_t count = 0;
};

// The stage leaves out what lies under a key that is empty or all spaces.
bool nameless(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view key = path.substr(0, path.find('\x1F'));
    if (key.find_first_not_of(' ') == std::string_view::npos) return true;
    path.remove_prefix(key.size());
  }
  return false;
}

std::string stage_difference(std::string_view line, const SplitLine& split) {
  static query::logql::JsonDocument document;
  CountingSink sink;
  const auto error = document.flatten(line, sink);
  if (!error.empty()) return std::string(error);
  const auto fields = fields_of_line(line, split);
  const auto labels = std::count_if(fields.begin(), fields.end(), [](const Field& field) {
    const bool absent = field.text.starts_with('[') || field.text == "null";
    return (field.string || !absent) && !nameless(field.path);
  });
  return sink.count == static_cast<std::size_t>(labels) ? "" : "other number of labels";
}

void check_json(std::string_view line) {
  LineSplitter splitter;
  SplitLine split;
  splitter.split(line, Detail::fine, split);
  if (split.kind != LineKind::json) return;
  CAPTURE(line);
  CHECK(json_difference(line, split) == "");
  CHECK(stage_difference(line, split) == "");
}

// Any JSON value, in nlohmann's words; keys may be equal to those around.
json random_json(std::mt19937_64& random, int depth) {
  switch (random() % (depth > 4 ? 6 : 9)) {
    case 0: return nullptr;
    case 1: return random() % 2 == 0;
    case 2: return static_cast<std::int64_t>(random());
    case 3: return static_cast<double>(static_cast<std::int64_t>(random())) / 1e7;
    case 4: return "plain " + std::to_string(random() % 100);
    case 5: return "\"\\/\n\t\x01 \xC3\xA9 \xF0\x9F\x98\x80";
    case 6: {
      json list = json::array();
      for (auto n = random() % 4; n > 0; --n) list.push_back(random_json(random, depth + 1));
      return list;
    }
    default: {
      json object = json::object();
      for (auto n = random() % 5; n > 0; --n)
        object[std::string(1, static_cast<char>('a' + random() % 6))] =
            random_json(random, depth + 1);
      return object;
    }
  }
}

// No exponents: nlohmann_json refuses what is too large for a double.
void change_one_byte(std::mt19937_64& random, std::string& line) {
  if (line.empty()) return;
  constexpr std::string_view bytes = "{}[]\",:\\0129.-+trufalsn \t\x01\xC3\xA9\xED";
  const std::size_t at = random() % line.size();
  switch (random() % 3) {
    case 0: line[at] = bytes[random() % bytes.size()]; break;
    case 1: line.erase(at, 1); break;
    default: line.insert(at, 1, bytes[random() % bytes.size()]);
  }
}

}  // namespace

TEST_CASE("JSON: objects as written by others are split, with the fields others read") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  LineSplitter splitter;
  SplitLine split;
  for (int round = 0; round < 3000; ++round) {
    json object = json::object();
    for (auto n = random() % 8; n > 0; --n)
      object["k" + std::to_string(random() % 10)] = random_json(random, 0);
    std::string line = object.dump(round % 2 == 0 ? -1 : 1, ' ', round % 3 == 0);
    splitter.split(line, Detail::fine, split);
    CAPTURE(line);
    CHECK(split.kind == (split.slots.size() > max_line_slots ? LineKind::text : LineKind::json));
    check_json(line);
    for (int i = 0; i < 8; ++i) {
      change_one_byte(random, line);
      check_json(line);
    }
  }
}

TEST_CASE("JSON: numbers, words and strings are valid exactly if nlohmann_json says so") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  constexpr std::string_view numeric = "00123.-+eE";
  constexpr std::string_view stringy = "\\\\\\nu0dD89aAcCeEfF\"/x\xC3\xA9 \x7F\x1F";
  for (int round = 0; round < 30'000; ++round) {
    std::string text;
    for (auto n = random() % 7 + 1; n > 0; --n) text += numeric[random() % numeric.size()];
    const char* end = scan_json_number(text.data(), text.data() + text.size());
    const bool valid = end == text.data() + text.size();
    CAPTURE(text);
    if (text.find_first_of("eE") == std::string::npos) CHECK(valid == json::accept(text));
    text = "\"";
    for (auto n = random() % 30; n > 0; --n) text += stringy[random() % stringy.size()];
    text += '"';
    const auto found = scan_json_string(text.data() + 1, text.data() + text.size());
    const bool whole = found.end == text.data() + text.size() - 1;
    if (!found.foreign) CHECK(whole == json::accept(text));
  }
}

TEST_CASE("logfmt: the fields are those the stage reads, and it finds nothing bad") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  using query::logql::LogfmtReader;
  LineSplitter splitter;
  SplitLine split;
  int lines = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string line = test::sample_line(random);
    if (round % 2 == 0) line = "a=1 b=2 c=3 " + test::random_syntax(random, 12);
    splitter.split(line, Detail::fine, split);
    if (split.kind != LineKind::logfmt) continue;
    ++lines;
    CAPTURE(line);
    const auto fields = fields_of_line(line, split);
    query::logql::LineArena arena;
    LogfmtReader reader(line, arena);
    query::logql::LogfmtPair pair;
    std::size_t next = 0;
    for (auto status = reader.next(pair); status != LogfmtReader::Status::end;
         status = reader.next(pair)) {
      REQUIRE(status == LogfmtReader::Status::pair);
      if (next == fields.size() || pair.key != fields[next].path) {
        CHECK(pair.value.empty());  // a word alone
        continue;
      }
      if (fields[next].text.find('\\') == std::string::npos || !fields[next].string)
        CHECK(pair.value == fields[next].text);
      ++next;
    }
    CHECK(next == fields.size());
  }
  CHECK(lines > 1000);
}
