// One row group made from rows in memory, and read back through the real encodings.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/types/log_entry.h"
#include "daemon/storage/columns/row_group_reader.h"
#include "daemon/storage/columns/row_group_writer.h"

namespace sluice::storage::test {

struct StoredGroup {
  EncodedGroup encoded;
  std::string templates;  // payload of the part's list

  std::shared_ptr<const RowGroupHeader> header() const {
    auto decoded = decode_header(encoded.header);
    REQUIRE(decoded.has_value());
    return std::make_shared<const RowGroupHeader>(std::move(*decoded));
  }
  std::unique_ptr<RowGroupReader> reader() const {
    auto list = decode_templates(templates);
    REQUIRE(list.has_value());
    auto reader = RowGroupReader::open(
        header(), std::make_shared<const TemplateList>(std::move(*list)),
        [this](std::uint32_t chunk) -> Result<std::string> { return encoded.chunks.at(chunk); });
    REQUIRE(reader.has_value());
    return std::move(*reader);
  }
};

// Sequences count from 1.
inline StoredGroup store_group(const std::vector<LogEntry>& rows, int zstd_level = 1) {
  TemplateTable table;
  RowGroupWriter writer(table);
  writer.begin_run();
  std::uint64_t sequence = 0;
  for (const auto& row : rows)
    writer.add(row.timestamp, ++sequence, row.line, row.metadata.empty() ? nullptr : &row.metadata);
  StoredGroup group{writer.finish(zstd_level), {}};
  group.templates = encode_templates(table.all());
  return group;
}

// Lines as services write them, with some that nobody would; ascending in time.
class RandomRows {
 public:
  explicit RandomRows(std::uint64_t seed) : random_(seed) {}

  std::vector<LogEntry> rows(std::size_t count) {
    std::vector<LogEntry> out;
    std::int64_t ns = 1'768'046'400'000'000'000;
    for (std::size_t i = 0; i < count; ++i) {
      ns += static_cast<std::int64_t>(below(3'000'000'000));
      out.push_back({from_unix_ns(ns), line(), metadata()});
    }
    return out;
  }
  std::size_t below(std::size_t n) { return random_() % n; }

 private:
  std::string number(std::size_t n) { return std::to_string(below(n)); }

  std::string line() {
    switch (below(12)) {
      case 0: return "";
      case 1: return bytes(below(200));
      case 2: return "took " + number(500) + "." + number(1000) + "s for user-" + number(1 << 30);
      case 3: return R"({"level":"info","status":)" + number(600) + R"(,"path":"/a/)" + number(9) +
                     R"(","ok":true,"n":null})";
      case 4: return R"({"level":"error","err":"no \"x\" in )" + number(5) + R"("})";
      case 5: return "level=warn ts=2026-01-10T12:00:0" + number(10) + "Z msg=\"slow " +
                     number(10) + "\" dur=" + number(999) + "ms";
      case 6: return "10.0." + number(256) + "." + number(256) + " - GET /" + number(50);
      case 7: return "id 0000" + number(100000) + " \xC3\xA4\xFF tail";
      case 8: return "always the same line";
      case 9: return bytes(6) + " mostly " + bytes(3);
      default: return "plain words and " + number(1 << 20) + " at the end";
    }
  }

  std::string bytes(std::size_t n) {
    std::string out(n, '\0');
    for (char& c : out) c = static_cast<char>(below(256));
    return out;
  }

  LabelSet metadata() {
    switch (below(4)) {
      case 0: return {{"trace_id", number(1 << 30)}, {"pod", "p" + number(3)}};
      case 1: return {{"pod", "p" + number(3)}};
      default: return {};
    }
  }

  std::mt19937_64 random_;
};

}  // namespace sluice::storage::test
