// Templates, their table and their list as stored.
#include "daemon/storage/columns/template.h"

#include <catch2/catch_test_macros.hpp>
#include <random>

#include "daemon/storage/codec/block_codec.h"
#include "daemon/storage/codec/bytes.h"
#include "tests/daemon/storage/columns/line_samples.h"

using namespace sluice;
using namespace sluice::storage;

namespace {

SplitLine split_of(std::string_view line, Detail detail = Detail::fine) {
  LineSplitter splitter;
  SplitLine split;
  splitter.split(line, detail, split);
  return split;
}

std::vector<std::string> fields_in(std::string_view line) {
  return LineTemplate::from(line, split_of(line)).fields;
}

bool same(const LineTemplate& a, const LineTemplate& b) {
  return a.kind == b.kind && a.pieces == b.pieces && a.fields == b.fields;
}

std::string stored(const std::string& raw) {
  std::string out;
  put_varint(out, raw.size());
  append_zstd(out, raw, 1);
  return out;
}

}  // namespace

TEST_CASE("fields: the keys that lead to a value") {
  using Fields = std::vector<std::string>;
  CHECK(fields_in(R"({"a":{"b":1,"c":{},"d":[2]},"e":"x","":true})") == Fields{"\x1F"
                                                                               "a\x1F"
                                                                               "b",
                                                                               "\x1F"
                                                                               "a\x1F"
                                                                               "d",
                                                                               "\x1F"
                                                                               "e",
                                                                               "\x1F"});
  CHECK(fields_in("a=1 b.c=\"x\" d= word") == Fields{"a", "b.c", "d"});
  CHECK(fields_in("user 7").empty());
}

TEST_CASE("like lines share a template, others do not") {
  TemplateTable table;
  const auto number = [&](std::string_view line) {
    return table.find_or_add(line, split_of(line));
  };
  CHECK(number("user 7 in") == 0);
  CHECK(number("user 123 in") == 0);
  CHECK(number("user 123 out") == 1);
  CHECK(number(R"({"a":1})") == 2);
  CHECK(number(R"({"a":"1"})") == 3);
  CHECK(number("") == 4);
  CHECK(table.find("user 9 in", split_of("user 9 in")) == 0);
  CHECK(table.find("user 9 on", split_of("user 9 on")) == TemplateTable::none);
  CHECK(table.size() == 5);
}

TEST_CASE("equal hashes of unequal templates are told apart") {
  TemplateTable table;
  const auto number = [&](std::string_view line) {
    SplitLine split = split_of(line);
    split.hash = 7;
    return table.find_or_add(line, split);
  };
  for (const char* line : {"abc 1", "abd 1", "abc 1 x", "abc  1", "1", "abcdefghijk 1"})
    number(line);
  CHECK(table.size() == 6);
  CHECK(number("abd 2") == 1);
  CHECK(number("1234") == 4);
}

TEST_CASE("the table gives the same number as comparing with every template") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  TemplateTable table;
  for (int i = 0; i < 5000; ++i) {
    const std::string line = test::sample_line(random);
    const SplitLine split = split_of(line, random() % 4 == 0 ? Detail::coarse : Detail::fine);
    std::uint32_t expected = 0;
    while (expected < table.size() && !table.at(expected).fits(line, split)) ++expected;
    REQUIRE(table.find(line, split) == (expected == table.size() ? TemplateTable::none : expected));
    REQUIRE(table.find_or_add(line, split) == expected);
  }
}

TEST_CASE("the table is bounded in templates and in bytes") {
  TemplateTable table;
  std::string line;
  for (std::size_t i = 0; i < TemplateTable::max_templates; ++i) {
    line.assign({static_cast<char>('a' + i % 26), static_cast<char>('a' + i / 26 % 26),
                 static_cast<char>('a' + i / 676 % 26)});
    line += static_cast<char>('a' + i / 17576);
    REQUIRE(table.find_or_add(line, split_of(line)) == i);
  }
  CHECK(table.find_or_add("one more", split_of("one more")) == TemplateTable::none);
  CHECK(table.find_or_add("aaaa", split_of("aaaa")) == 0);

  TemplateTable large;
  const std::string words(TemplateTable::max_bytes / 2, 'w');
  const std::string first = words + " x";
  const std::string second = words + " y";
  CHECK(large.find_or_add(first, split_of(first)) == 0);
  CHECK(large.find_or_add(second, split_of(second)) == TemplateTable::none);
  CHECK(large.find_or_add("short", split_of("short")) == 1);
}

TEST_CASE("a list comes back as it was") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  TemplateTable table;
  SplitLine split;
  LineSplitter::whole("anything", split);
  CHECK(table.find_or_add("anything", split) == 0);
  CHECK(table.at(0).pieces == std::vector<std::string>{"", ""});
  for (int i = 0; i < 2000; ++i) {
    const std::string line = test::sample_line(random);
    table.find_or_add(line, split_of(line));
  }
  const auto back = decode_templates(encode_templates(table.all()));
  REQUIRE(back.has_value());
  REQUIRE(back->size() == table.size());
  for (std::size_t i = 0; i < table.size(); ++i)
    CHECK(same((*back)[i], table.at(static_cast<std::uint32_t>(i))));
  CHECK(decode_templates(encode_templates({})).has_value());
}

TEST_CASE("damage in a list is an error") {
  TemplateTable table;
  for (const char* line : {"user 7 in", R"({"a":{"b":1}})", "a=1 b=\"x\" c=3"})
    table.find_or_add(line, split_of(line));
  const std::string good = encode_templates(table.all());
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK(!decode_templates(std::string_view(good).substr(0, size)).has_value());
  using namespace std::string_literals;
  for (const auto& raw : {"\x01\x04\x00\x00"s,                // no such kind
                          "\x01\x01\x05\x00"s,                // pieces are missing
                          "\x01\x01\x00\x00\x00"s,            // bytes are left
                          "\x02\x01\x00\x00"s,                // a template is missing
                          "\x01\x02\x01\x05{\"a\":\x02\"}"s,  // JSON: one quote
                          "\x01\x02\x01\x04{\"a\"\x01}"s,     // no colon
                          "\x01\x02\x01\x05{\"a\":\x00"s,     // not closed
                          "\x01\x03\x01\x01x\x00"s}) {        // logfmt: no key=
    CHECK(!decode_templates(stored(raw)).has_value());
  }
  CHECK(decode_templates(stored("\x01\x02\x01\x05{\"a\":\x01}"s)).has_value());
}
