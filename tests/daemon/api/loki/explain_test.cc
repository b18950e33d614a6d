// explain=true, and the statistics of answers.

#include <nlohmann/json.hpp>

#include "tests/daemon/api/loki/loki_fixture.h"

using namespace sluice;
using namespace sluice::api;
using namespace sluice::api::test;
using nlohmann::json;

namespace {

struct Explained : LokiFixture {
  Explained() {
    for (int i = 0; i < 10; ++i) add({{"app", "a"}}, i + 1, "line " + std::to_string(i));
  }
  json explain(const std::string& path, const std::string& query, const std::string& more = "") {
    return get(path, "query=" + enc(query) + "&explain=true" + more)["data"]["explain"];
  }
};

}  // namespace

TEST_CASE("explain says what was looked at and how long it took") {
  Explained f;
  const auto logs = f.explain("/query_range", R"({app="a"}|="line"| logfmt)", "&limit=3");
  CHECK(logs["query"] == R"({app="a"} |= "line" | logfmt)");
  CHECK(logs["looked_at"]["lines_kept"].get<int>() >= 3);
  for (const char* stage : {"plan", "search", "read", "evaluate", "total"}) {
    CAPTURE(stage);
    CHECK(logs["milliseconds"][stage].get<double>() >= 0);
  }
  CHECK(logs["milliseconds"]["total"].get<double>() >= logs["milliseconds"]["read"].get<double>());
  for (const char* key : {"parts", "row_groups", "read"}) CHECK(logs[key].is_object());
  const auto range = f.explain("/query_range", R"(rate({app="a"}[1m]))");
  CHECK(range["query"] == R"(rate({app="a"}[1m]))");
  CHECK(f.explain("/query", R"(sum(rate({app="a"}[1m])))")["milliseconds"].is_object());
}

TEST_CASE("explain is given only when asked for") {
  Explained f;
  const auto data = [&](const std::string& more) {
    return f.get("/query_range", "query=" + enc(R"({app="a"})") + more)["data"];
  };
  CHECK_FALSE(data("").contains("explain"));
  CHECK_FALSE(data("&explain=false").contains("explain"));
  CHECK(data("&explain=1").contains("explain"));
  CHECK(f.error("/query_range", "query=" + enc(R"({app="a"})") + "&explain=yes") ==
        "400: invalid explain \"yes\"; it is true or false");
}

TEST_CASE("statistics are those of the query") {
  Explained f;
  const auto stats =
      f.get("/query_range", "query=" + enc(R"({app="a"} |= "line 7")"))["data"]["stats"];
  CHECK(stats["summary"]["totalEntriesReturned"] == 1);
  CHECK(stats["summary"]["totalPostFilterLines"] == 1);
  CHECK(stats["summary"]["execTime"].get<double>() > 0);
  CHECK(stats["querier"]["store"]["chunksDownloadTime"].get<std::uint64_t>() > 0);
}

TEST_CASE("past its memory budget a query answers in part, with a warning") {
  LokiOptions options;
  options.limits.common().max_memory_bytes = 3000;
  LokiFixture f(options);
  for (int i = 0; i < 20; ++i) f.add({{"app", "a"}}, i + 1, std::string(500, 'x'));
  const auto answer = f.get("/query_range", "query=" + enc(R"({app="a"})"));
  CHECK(answer["status"] == "success");
  REQUIRE(answer["warnings"].size() == 1);
  CHECK(answer["warnings"][0].get<std::string>().starts_with("the result is partial"));
  const auto lines = answer["data"]["result"][0]["values"].size();
  CHECK(lines > 0);
  CHECK(lines < 20);
}
