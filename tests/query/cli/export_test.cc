// export: parts, manifest, resuming; the result is the same however often it was interrupted.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/codec/compress.h"
#include "tests/query/cli/fake_server.h"
#include "tests/support/temp_dir.h"

using namespace sluice;
using namespace sluice::query::cli::test;
using http::Request;
using http::Response;
using nlohmann::json;

namespace {

constexpr std::int64_t first_ns = 1'767'320'000'000'000'000;
constexpr std::int64_t lines_stored = 600;

// Names and contents of all files.
std::map<std::string, std::string> all_of(const TempDir& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    const std::string name = entry.path().filename().string();
    files[name] = folder.read(name);
  }
  return files;
}

// 600 lines of two streams, two lines every other second, in whatever order of ties.
struct LogServer : FakeServer {
  std::atomic<int> answers_left{1'000'000};
  std::atomic<bool> turned{false};

  LogServer() {
    on("GET", "/loki/api/v1/query_range", [this](Request& r) {
      if (answers_left-- <= 0) return Response::text(500, "no more");
      const std::int64_t start = std::stoll(r.query.get_or("start", "0"));
      const std::int64_t end = std::stoll(r.query.get_or("end", "0"));
      const auto limit = std::stoul(r.query.get_or("limit", "0"));
      json values[2] = {json::array(), json::array()};
      std::size_t n = 0;
      for (std::int64_t i = 0; i < lines_stored && n < limit; ++i) {
        const std::int64_t ns = first_ns + i / 2 * 2'000'000'000;
        if (ns < start || ns >= end) continue;
        values[i % 2].push_back({std::to_string(ns), "line " + std::to_string(i)});
        ++n;
      }
      json streams = json::array();
      for (int s : {turned ? 1 : 0, turned ? 0 : 1})
        if (!values[s].empty())
          streams.push_back({{"stream", {{"app", s == 0 ? "a" : "b"}}}, {"values", values[s]}});
      return Response::json(
          200, json({{"data", {{"resultType", "streams"}, {"result", streams}}}}).dump());
    });
    start();
  }

  Outcome export_to(const TempDir& folder, std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"export",  "{app=~\".+\"}",
                                     "-d",      folder.path(),
                                     "--from",  std::to_string(first_ns),
                                     "--to",    std::to_string(first_ns + 600'000'000'000),
                                     "--split", "1m"};
    args.insert(args.end(), more.begin(), more.end());
    return run(args);
  }
};

std::set<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::set<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

}  // namespace

TEST_CASE("an export has every line once, in order, in parts") {
  LogServer server;
  TempDir folder;
  const auto outcome =
      server.export_to(folder, {"-o", "raw", "--compress", "none", "--merge", "--batch", "7"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  std::string expected;
  for (int i = 0; i < lines_stored; ++i) expected += "line " + std::to_string(i) + "\n";
  CHECK(folder.read("export.log") == expected);
  CHECK(folder.read("part-000000.log").starts_with("line 0\nline 1\n"));
  CHECK(lines_of(outcome.out).size() == 10);
  CHECK(lines_of(folder.read("manifest.jsonl")).size() == 11);
}

TEST_CASE("compressed exports say the same, as JSON lines with labels") {
  LogServer server;
  TempDir zstd, gzip;
  REQUIRE(server.export_to(zstd, {"--merge"}).code == 0);
  REQUIRE(server.export_to(gzip, {"--merge", "--compress", "gzip"}).code == 0);
  const auto a = zstd_decompress(zstd.read("part-000003.jsonl.zst"), 1 << 20);
  const auto b = gzip_decompress(gzip.read("part-000003.jsonl.gz"), 1 << 20);
  REQUIRE(a.has_value());
  REQUIRE(b.has_value());
  CHECK(*a == *b);
  CHECK(a->starts_with(R"({"labels":{"app":"a"},"line":"line 180")"));
}

TEST_CASE("an interrupted export goes on, and the files are those of an undisturbed one") {
  LogServer server;
  TempDir whole, broken;
  REQUIRE(server.export_to(whole, {"--merge"}).code == 0);
  // The server fails in between, in the middle of parts, and orders ties otherwise later.
  int runs = 0;
  for (int code = 5; code != 0; ++runs) {
    REQUIRE(runs < 20);
    server.answers_left = 12;
    server.turned = !server.turned;
    code = server.export_to(broken, {"--merge", "--batch", "25", "--jobs", "3"}).code;
    CHECK((code == 0 || code == 5));
  }
  CHECK(runs > 2);
  auto a = all_of(whole);
  auto b = all_of(broken);
  CHECK(lines_of(a["manifest.jsonl"]) == lines_of(b["manifest.jsonl"]));
  a.erase("manifest.jsonl");
  b.erase("manifest.jsonl");
  std::erase_if(b, [](const auto& file) { return file.first.ends_with(".tmp"); });
  CHECK(a == b);
}

TEST_CASE("a cut manifest and damaged parts are made good") {
  LogServer server;
  TempDir folder;
  REQUIRE(server.export_to(folder, {"-o", "raw", "--compress", "none"}).code == 0);
  const auto before = all_of(folder);
  const std::string manifest = folder.read("manifest.jsonl");
  folder.write("manifest.jsonl", manifest.substr(0, manifest.size() - 9));
  folder.remove("part-000002.log");
  folder.write("part-000004.log", "cut");
  REQUIRE(server.export_to(folder, {"-o", "raw", "--compress", "none"}).code == 0);
  auto after = all_of(folder);
  after["manifest.jsonl"] = before.at("manifest.jsonl");
  CHECK(after == before);
}

TEST_CASE("a folder holds one export") {
  LogServer server;
  TempDir folder;
  REQUIRE(server.export_to(folder).code == 0);
  const auto other = server.export_to(folder, {"-o", "raw"});
  CHECK(other.code == 2);
  CHECK(other.err.find("holds another export") != std::string::npos);
}

TEST_CASE("a relative range stays that of the first run") {
  LogServer server;
  TempDir folder;
  const auto run = [&] {
    return server.run({"export", "{app=~\".+\"}", "-d", folder.path(), "--since", "1h"});
  };
  REQUIRE(run().code == 0);
  const auto before = all_of(folder);
  server.clock.advance(std::chrono::hours{3});
  CHECK(run().out.empty());
  CHECK(all_of(folder) == before);
}

TEST_CASE("a part the server warns about does not count") {
  FakeServer server;
  server.answer(
      "GET", "/loki/api/v1/query_range", 200,
      R"({"warnings":["the result is partial"],"data":{"resultType":"streams","result":[]}})");
  server.start();
  TempDir folder;
  const auto outcome = server.run({"export", "{a=\"b\"}", "-d", folder.path()});
  CHECK(outcome.code == 5);
  CHECK(outcome.err.find("would not be complete") != std::string::npos);
}

TEST_CASE("wrong flags of export are refused") {
  for (const auto& [flag, value] :
       {std::pair{"--split", "0s"}, {"--batch", "0"}, {"--compress", "rar"}, {"-o", "xml"}}) {
    CAPTURE(flag);
    CHECK(run_alone({"export", "{a=\"b\"}", "-d", "nowhere", flag, value}).code == 2);
  }
  CHECK(run_alone({"export", "{a=\"b\"}"}).code == 2);
}
