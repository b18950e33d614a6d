// Loki pushes in both encodings: what is stored, and what a wrong push is told.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <protozero/pbf_writer.hpp>

#include "daemon/ingest/loki_push_json.h"
#include "tests/daemon/ingest/ingest_fixture.h"

using namespace sluice;
using namespace sluice::ingest::test;
using namespace sluice::storage::test;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string now_text = std::to_string(noon);

std::string one_stream(const std::string& stream, const std::string& values) {
  return R"({"streams":[{"stream":)" + stream + R"(,"values":)" + values + "}]}";
}

std::string protobuf_push(const std::string& labels, std::int64_t seconds, std::int32_t nanos,
                          const std::string& line) {
  std::string timestamp, entry_bytes, stream_bytes, request;
  protozero::pbf_writer t(timestamp);
  t.add_int64(1, seconds);
  t.add_int32(2, nanos);
  protozero::pbf_writer e(entry_bytes);
  e.add_message(1, timestamp);
  e.add_string(2, line);
  std::string pair;
  protozero::pbf_writer p(pair);
  p.add_string(1, "trace_id");
  p.add_string(2, "abc");
  e.add_message(3, pair);
  protozero::pbf_writer s(stream_bytes);
  s.add_string(1, labels);
  s.add_message(2, entry_bytes);
  s.add_uint64(3, 99);
  protozero::pbf_writer r(request);
  r.add_message(1, stream_bytes);
  return request;
}

}  // namespace

TEST_CASE_METHOD(IngestFixture, "a JSON push is stored with labels, metadata and service_name") {
  const auto response =
      push_json(one_stream(R"({"app":"web","empty":""})",
                           "[[\"" + now_text + R"(","a \"quoted\" line",{"trace_id":"abc"}],[")" +
                               now_text + R"(","plain"]])"));
  CHECK(response.status == 204);
  CHECK(response.body.empty());
  const LabelSet labels = {{"app", "web"}, {"service_name", "web"}};
  CHECK(query_all() ==
        std::vector<Found>{{labels, entry(noon, "a \"quoted\" line", {{"trace_id", "abc"}})},
                           {labels, entry(noon, "plain")}});
}

TEST_CASE("lines of a decoded JSON push stay as long as it does, whatever else is decoded") {
  const auto body_of = [](int i) {
    return one_stream(R"({"app":"web"})",
                      "[[\"1\",\"line \\\"" + std::to_string(i) + std::string(100, 'x') + "\"]]");
  };
  std::vector<ingest::JsonPush> pushes;
  for (int i = 0; i < 20; ++i) {
    std::string body = body_of(i);
    auto push = ingest::decode_loki_json(body);
    REQUIRE(push.has_value());
    pushes.push_back(std::move(*push));
    if (i % 3 == 0) pushes.erase(pushes.begin());  // its parser serves the next one
  }
  for (const auto& push : pushes) {
    const auto line = push.streams.at(0).entries.at(0).line;
    CHECK(line.substr(0, 6) == "line \"");
    CHECK(line.ends_with(std::string(100, 'x')));
  }
  CHECK(pushes.back().streams[0].entries[0].line.starts_with("line \"19x"));
  CHECK(pushes.front().streams[0].entries[0].line.starts_with("line \"7x"));
}

TEST_CASE_METHOD(IngestFixture, "the order of keys does not matter, unknown ones are skipped") {
  const std::string body = R"({"x":[1,{"y":2}],"streams":[{"values":[[")" + now_text +
                           R"(","l"]],"z":{},"stream":{"service_name":"s"}}],"w":null})";
  CHECK(push_json(body).status == 204);
  CHECK(query_all() == std::vector<Found>{{{{"service_name", "s"}}, entry(noon, "l")}});
}

TEST_CASE_METHOD(IngestFixture, "the legacy JSON form is stored") {
  const std::string body = R"({"streams":[{"labels":"{app=\"old\"}","entries":[)"
                           R"({"ts":"2026-01-10T12:00:00.000000001Z","line":"hi"}]}]})";
  CHECK(post("/api/prom/push", "application/json", body).status == 204);
  CHECK(query_all() ==
        std::vector<Found>{{{{"app", "old"}, {"service_name", "old"}}, entry(noon + 1, "hi")}});
}

TEST_CASE_METHOD(IngestFixture, "a snappy protobuf push is stored, whatever its bytes") {
  const std::string odd("\x00\xFF\x80", 3);
  const auto body = protobuf_push(R"({job="j"})", noon / second, 5, odd);
  CHECK(post("/loki/api/v1/push", "application/x-protobuf", snappy_compress(body)).status == 204);
  CHECK(post("/loki/api/v1/push", "", snappy_compress(body)).status == 204);
  const Found expected{{{"job", "j"}, {"service_name", "j"}},
                       entry(noon + 5, odd, {{"trace_id", "abc"}})};
  CHECK(query_all() == std::vector<Found>{expected, expected});
}

TEST_CASE_METHOD(IngestFixture, "a snappy push that is mostly lines stays as it was sent") {
  const std::string line(100'000, 'x');
  const std::string too_new(90'000, 'y');
  const std::int64_t tomorrow = noon / second + 86'400;
  const auto body = protobuf_push(R"({job="j"})", noon / second, 0, line) +
                    protobuf_push(R"({job="j"})", tomorrow, 0, too_new);
  const auto head_bytes = [this] {
    store().tick();
    return metric(metrics, "sluice_storage_head_bytes");
  };
  CHECK(post("/loki/api/v1/push", "application/x-protobuf", snappy_compress(body)).status == 400);
  CHECK(lines() == std::vector<std::string>{line});
  const double kept = head_bytes();
  CHECK(kept > 190'000);  // what was refused is part of the text
  CHECK(push_json(R"({"streams":[{"stream":{"job":"j"},"values":[[")" + std::to_string(noon) +
                  R"(",")" + line + R"("]]}]})")
            .status == 204);
  CHECK(head_bytes() - kept < 150'000);
}

TEST_CASE_METHOD(IngestFixture, "malformed pushes are refused with a reason, and store nothing") {
  struct Case {
    const char* body;
    int status;
    const char* says;
  };
  const Case cases[] = {
      {"", 400, "not valid JSON"},
      {"not json", 400, "JSON"},
      {"[1,2]", 400, "JSON object with \"streams\""},
      {"{}", 400, "no \"streams\""},
      {R"({"streams":3})", 400, "\"streams\" must be an array"},
      {R"({"streams":[3]})", 400, "streams[0]: a stream must be an object"},
      {R"({"streams":[{"stream":[]}]})", 400, "streams[0]: stream must be an object"},
      {R"({"streams":[{"stream":{"a":1}}]})", 400, "label \"a\" must be a string"},
      {R"({"streams":[{"stream":{"a":"b"},"values":{}}]})", 400, "values must be an array"},
      {R"({"streams":[{"stream":{"a":"b"},"values":[3]}]})", 400, "values[0]: a value must be"},
      {R"({"streams":[{"stream":{"a":"b"},"values":[["1"]]}]})", 400, "not 1 items"},
      {R"({"streams":[{"stream":{"a":"b"},"values":[["1","x",{},4]]}]})", 400, "not 4 items"},
      {R"({"streams":[{"stream":{"a":"b"},"values":[["soon","x"]]}]})", 400,
       "streams[0].values[0]: timestamp \"soon\" is not a number of nanoseconds"},
      {R"({"streams":[{"stream":{"a":"b"},"values":[[1,"x"]]}]})", 400,
       "the timestamp must be a string"},
      {R"({"streams":[{"stream":{"a":"b"},"values":[["1",7]]}]})", 400,
       "the line must be a string"},
      {R"({"streams":[{"stream":{"a":"b"},"values":[["1","x","y"]]}]})", 400,
       "structured metadata must be an object"},
      {R"({"streams":[{"stream":{"a":"b"},"values":[["1","x",{"k":2}]]}]})", 400,
       "structured metadata \"k\" must be a string"},
      {R"({"streams":[{"stream":{"a":"b"},"values":[["1","x"]]}])", 400, "JSON"},
      {R"({"streams":[]} trailing)", 400, "JSON"},
      {R"({"streams":[]} {})", 400, "text after the object"},
      {R"({"streams":[{"labels":"{a=}","entries":[]}]})", 400, "expected a quoted value"},
      {R"({"streams":[{"labels":"{a=\"b\"}","entries":[{"ts":"x","line":"l"}]}]})", 400,
       "is not RFC 3339"},
      {"{\"streams\":[{\"stream\":{\"a\":\"\xFF\"},\"values\":[]}]}", 400, "UTF"},
  };
  for (const auto& [body, status, says] : cases) {
    INFO(body);
    const auto response = push_json(body);
    CHECK(response.status == status);
    CHECK_THAT(response.body, ContainsSubstring(says));
    CHECK(response.headers.get("Content-Type").find("text/plain") == 0);
  }
  CHECK(push_json(std::string(100'000, '[')).status == 400);
  CHECK(query_all().empty());
}

TEST_CASE_METHOD(IngestFixture, "a JSON push cut anywhere is refused, and never partly stored") {
  const std::string body = one_stream(R"({"a":"b"})", "[[\"" + now_text + R"(","l",{"k":"v"}]])");
  for (std::size_t n = 0; n < body.size(); ++n) {
    INFO(n);
    CHECK(push_json(body.substr(0, n)).status == 400);
  }
  CHECK(query_all().empty());
}

TEST_CASE_METHOD(IngestFixture, "a protobuf push cut anywhere is refused or smaller, no crash") {
  const auto body = protobuf_push(R"({job="j"})", noon / second, 5, "line");
  for (std::size_t n = 1; n < body.size(); ++n) {
    INFO(n);
    const auto cut = snappy_compress(body.substr(0, n));
    CHECK(post("/loki/api/v1/push", "application/x-protobuf", cut).status == 400);
  }
  const auto whole = snappy_compress(body);
  for (std::size_t n = 0; n < whole.size(); ++n)
    CHECK(post("/loki/api/v1/push", "application/x-protobuf", whole.substr(0, n)).status == 400);
  CHECK(query_all().empty());
}

TEST_CASE_METHOD(IngestFixture, "wrong protobuf content is told what is wrong") {
  const auto tell = [&](const std::string& body) {
    const auto response = post("/loki/api/v1/push", "application/x-protobuf", body);
    CHECK(response.status == 400);
    return response.body;
  };
  CHECK_THAT(tell("no snappy"), ContainsSubstring("snappy"));
  CHECK_THAT(tell(snappy_compress("\x08\xff\xff\xff")), ContainsSubstring("protobuf"));
  CHECK_THAT(tell(snappy_compress(protobuf_push("{a=b}", 1, 0, "x"))),
             ContainsSubstring("streams[0]: labels: expected a quoted value"));
  CHECK_THAT(tell(snappy_compress(protobuf_push(R"({a="b"})", INT64_MAX, 0, "x"))),
             ContainsSubstring("out of range"));
}

TEST_CASE_METHOD(IngestFixture, "other content types are answered with 415 and the right ones") {
  for (const char* type : {"text/html", "text/plain", "application/xml; charset=utf-8"}) {
    const auto response = post("/loki/api/v1/push", type, "x");
    CHECK(response.status == 415);
    CHECK_THAT(response.body, ContainsSubstring("application/json"));
  }
  CHECK(post("/loki/api/v1/push", "Application/JSON; charset=UTF-8", R"({"streams":[]})").status ==
        204);
}

TEST_CASE_METHOD(IngestFixture, "entries over a limit are refused one by one, the others stored") {
  limits.line_bytes = 10;
  limits.long_lines = LongLinePolicy::refuse;
  struct Case {
    std::string stream;
    std::string value;
    const char* says;
  };
  const auto value = [](const std::string& ts, const std::string& rest) {
    return "[\"" + ts + "\"," + rest + "]";
  };
  std::string many = "{";
  for (int i = 0; i < 33; ++i) many += "\"l" + std::to_string(i) + "\":\"v\",";
  many.back() = '}';
  const Case cases[] = {
      {R"({"a":"b"})", value(now_text, R"("longer than ten")"),
       "Max entry size '10' bytes exceeded for stream '{a=\"b\""},
      {R"({"a":"b"})", value(std::to_string(noon + 601 * second), R"("x")"),
       "has timestamp too new: 2026-01-10T12:10:01Z"},
      {R"({"a":"b"})", value("1000", R"("x")"),
       "has timestamp too old: 1970-01-01T00:00:00.000001Z, oldest acceptable timestamp is: "
       "2025-12-11T12:00:00Z"},
      {"{}", value(now_text, R"("x")"), "error at least one label pair is required per stream"},
      {R"({"a-b":"c"})", value(now_text, R"("x")"), "invalid label name \"a-b\""},
      {many, value(now_text, R"("x")"), "has 33 label names; limit 32"},
      {R"({"a":")" + std::string(2049, 'v') + "\"}", value(now_text, R"("x")"),
       "has label value too long: 'vvv"},
      {R"({")" + std::string(1025, 'n') + "\":\"v\"}", value(now_text, R"("x")"),
       "has label name too long: 'nnn"},
  };
  std::size_t round = 0;
  for (const auto& [labels, bad_value, says] : cases) {
    INFO(says);
    const std::string good = value(now_text, "\"ok " + std::to_string(round++) + "\"");
    const auto response =
        push_json(R"({"streams":[{"stream":)" + labels + R"(,"values":[)" + bad_value +
                  R"(]},{"stream":{"app":"good"},"values":[)" + good + "]}]}");
    CHECK(response.status == 400);
    CHECK_THAT(response.body, ContainsSubstring("1 of 2 entries refused"));
    CHECK_THAT(response.body, ContainsSubstring(says));
    CHECK(query_all().size() == round);
  }
}

TEST_CASE_METHOD(IngestFixture, "an answer lists ten reasons and counts the rest") {
  std::string values;
  for (int i = 0; i < 25; ++i) values += std::string(i ? "," : "") + R"(["1","x"])";
  const auto response = push_json(one_stream(R"({"a":"b"})", "[" + values + "]"));
  CHECK(response.status == 400);
  CHECK_THAT(response.body, ContainsSubstring("25 of 25 entries refused"));
  CHECK_THAT(response.body, ContainsSubstring("and 15 more"));
}

TEST_CASE_METHOD(IngestFixture, "a push over entries_per_push is refused as a whole") {
  limits.entries_per_push = 2;
  const std::string v = "[\"" + now_text + "\",\"x\"]";
  CHECK(push_json(one_stream(R"({"a":"b"})", "[" + v + "," + v + "]")).status == 204);
  const auto response = push_json(one_stream(R"({"a":"b"})", "[" + v + "," + v + "," + v + "]"));
  CHECK(response.status == 400);
  CHECK_THAT(response.body, ContainsSubstring("push of 3 entries, limit 2"));
  CHECK(query_all().size() == 2);
}

TEST_CASE_METHOD(IngestFixture, "a full head answers 429 and a full disk 503, with Retry-After") {
  close();
  options.head_bytes_max = 1000;
  std::uint64_t free = UINT64_MAX;
  options.min_free_bytes = 1000;
  hooks.free_bytes = [&](const std::string&) { return free; };
  open();
  http::Router router;
  ingest::add_routes(router, store(), clock, metrics, limits);
  const auto push = [&] {
    http::Request request;
    request.method = "POST";
    request.path = "/loki/api/v1/push";
    request.headers.set("Content-Type", "application/json");
    request.body =
        one_stream(R"({"a":"b"})", "[[\"" + now_text + "\",\"" + std::string(500, 'x') + "\"]]");
    return router.dispatch(std::move(request));
  };
  const auto full = push();
  CHECK(full.status == 429);
  CHECK(full.headers.has("Retry-After"));
  close();
  options.head_bytes_max = 1 << 20;
  open();
  http::Router other;
  ingest::add_routes(other, store(), clock, metrics, limits);
  router = std::move(other);
  free = 10;
  const auto no_space = push();
  CHECK(no_space.status == 503);
  CHECK(no_space.headers.has("Retry-After"));
  free = 10'000;
  CHECK(push().status == 204);
}

TEST_CASE_METHOD(IngestFixture, "a push that finds no room is refused before it is decoded") {
  close();
  options.head_bytes_max = 160'000;
  open();
  http::Router router;
  ingest::add_routes(router, store(), clock, metrics, limits);
  const auto push = [&](const std::string& type, std::string body) {
    http::Request request;
    request.method = "POST";
    request.path = "/loki/api/v1/push";
    request.headers.set("Content-Type", type);
    request.body = std::move(body);
    return router.dispatch(std::move(request)).status;
  };
  const std::string garbage(9'000, '?');
  CHECK(push("application/json", garbage) == 400);
  CHECK(push("application/x-protobuf", snappy_compress(garbage)) == 400);
  CHECK(push("application/json",
             one_stream(R"({"a":"b"})",
                        "[[\"" + now_text + "\",\"" + std::string(155'000, 'x') + "\"]]")) == 204);
  CHECK(push("application/json", garbage) == 429);
  CHECK(push("application/x-protobuf", snappy_compress(garbage)) == 429);
  CHECK(push("application/json", "?") == 400);
}

TEST_CASE_METHOD(IngestFixture, "a batch identity is honoured and answered") {
  const std::string source = "v1;agent=a;source=" + std::string(32, '0');
  const auto push_at = [&](std::uint64_t start, const std::string& lens,
                           const std::string& rest = "", int lines = 1) {
    std::string values;
    for (int i = 0; i < lines; ++i)
      values += std::string(i ? "," : "") + "[\"" + now_text + "\",\"x\"]";
    http::Headers headers;
    headers.set("X-Sluice-Batch",
                source + ";start=" + std::to_string(start) + ";lens=" + lens + rest);
    return push_json(one_stream(R"({"a":"b"})", "[" + values + "]"), std::move(headers));
  };
  const auto first = push_at(0, "10");
  CHECK(first.status == 204);
  CHECK(first.headers.get("X-Sluice-High-Water") == "10");
  const auto again = push_at(0, "10");
  CHECK(again.status == 204);
  CHECK(again.headers.get("X-Sluice-High-Water") == "10");
  const auto gap = push_at(50, "10");
  CHECK(gap.status == 409);
  CHECK(gap.headers.get("X-Sluice-High-Water") == "10");
  CHECK(push_at(50, "10", ";gap=loss").headers.get("X-Sluice-High-Water") == "60");
  CHECK(push_at(60, "10x2").status == 400);
  CHECK(push_at(60, "10x2", "", 2).headers.get("X-Sluice-High-Water") == "80");
  CHECK(push_at(80, "ten").status == 400);
  CHECK(query_all().size() == 4);
}

TEST_CASE_METHOD(IngestFixture, "refused lines of an identified batch are not asked for again") {
  limits.line_bytes = 5;
  limits.long_lines = LongLinePolicy::refuse;
  http::Headers headers;
  headers.set("X-Sluice-Batch",
              "v1;agent=a;source=" + std::string(32, '0') + ";start=0;lens=6,20,6");
  const std::string t = "[\"" + now_text + "\",";
  const auto response =
      push_json(one_stream(R"({"a":"b"})",
                           "[" + t + "\"first\"]," + t + "\"much too long\"]," + t + "\"third\"]]"),
                std::move(headers));
  CHECK(response.status == 400);
  CHECK(response.headers.get("X-Sluice-High-Water") == "32");
  CHECK(lines() == std::vector<std::string>{"first", "third"});
}
