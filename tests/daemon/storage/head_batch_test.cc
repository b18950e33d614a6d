// A push on its way to disk and back: with its lines inside, and as its sender compressed it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "base/codec/compress.h"
#include "daemon/storage/head_encode.h"
#include "tests/daemon/push_views.h"
#include "tests/daemon/sent_push.h"
#include "tests/daemon/storage/cut_and_flip.h"
#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::storage;
using namespace sluice::storage::test;

namespace {

SharedLabels share(LabelSet labels) {
  return std::make_shared<const LabelSet>(std::move(labels));
}

std::vector<StreamEntries> three_streams() {
  return {stream({{"a", "1"}}, {entry(5, "b"), entry(3, "a", {{"k", "v"}}), entry(5, "c")}),
          stream({{"empty", "1"}}, {}), stream({{"a", "2"}}, {entry(-1, "")})};
}

void check_three_streams(const HeadBatch& batch) {
  CHECK(batch.tenant() == TenantId("t"));
  CHECK(batch.received() == from_unix_ns(9));
  CHECK(batch.entries() == 4);
  CHECK(batch.line_bytes() == 3);
  REQUIRE(batch.runs().size() == 2);
  const HeadRun& run = batch.runs()[0];
  CHECK(run.lines == std::vector<std::string_view>{"a", "b", "c"});
  CHECK(run.sequences == std::vector<std::uint64_t>{101, 100, 102});
  CHECK(run.metadata == std::vector<LabelSet>{{{"k", "v"}}, {}, {}});
  CHECK(batch.runs()[1].lines == std::vector<std::string_view>{""});
}

RawBytes text_of(std::string_view bytes) {
  return snappy_decompress_raw(snappy_compress(bytes), 1 << 20).value();
}

// A push whose lines are these parts of a text, in an order and with gaps of chance.
struct Sent {
  Sent(std::mt19937& random, std::size_t words) {
    std::string bytes;
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (std::size_t i = 0; i < words; ++i) {
      bytes += std::string(random() % 3, '#');
      places.emplace_back(bytes.size(), random() % 40);
      bytes += std::string(places.back().second, static_cast<char>('a' + random() % 26));
    }
    sent = {text_of(bytes), snappy_compress(bytes)};
    std::shuffle(places.begin(), places.end(), random);
    streams.resize(1 + random() % 3);
    for (std::size_t i = 0; i < streams.size(); ++i) streams[i].labels.set("n", std::to_string(i));
    for (const auto& [begin, size] : places)
      streams[random() % streams.size()].entries.push_back(
          {from_unix_ns(static_cast<std::int64_t>(random() % 100)),
           sent.text.view().substr(begin, size),
           {}});
  }
  SentText sent;
  std::vector<PushStream> streams;
};

std::vector<std::vector<std::string_view>> lines_of(const HeadBatch& batch) {
  std::vector<std::vector<std::string_view>> lines;
  for (const HeadRun& run : batch.runs()) lines.push_back(run.lines);
  return lines;
}

}  // namespace

TEST_CASE("a head batch comes back sorted, equal timestamps in arrival order") {
  const auto streams = three_streams();
  const auto body = encode_head_batch(TenantId("t"), from_unix_ns(9), views_of(streams));
  const std::string packed = pack_head(body, {});
  const auto parsed = HeadBatch::parse(unpack_head(packed).value(), 100, share);
  REQUIRE(parsed.has_value());
  check_three_streams(**parsed);
  cut_and_flip(body.entries, [&](const std::string& damaged) {
    return bool(HeadBatch::parse({damaged, {}}, 1, share));
  });
  cut_and_flip(packed, [](const std::string& damaged) { return bool(unpack_head(damaged)); });
}

TEST_CASE("a head batch kept as it was sent comes back the same") {
  const auto streams = three_streams();
  auto views = views_of(streams);
  const RawBytes text = text_of("..c.b...a");
  views[0].entries[0].line = text.view().substr(4, 1);
  views[0].entries[1].line = text.view().substr(8, 1);
  views[0].entries[2].line = text.view().substr(2, 1);
  const auto body = encode_head_batch(TenantId("t"), from_unix_ns(9), views, text);
  const std::string packed = pack_head(body, snappy_compress(text.view()));
  const auto parsed = HeadBatch::parse(unpack_head(packed).value(), 100, share);
  REQUIRE(parsed.has_value());
  check_three_streams(**parsed);
  cut_and_flip(body.entries, [&](const std::string& damaged) {
    return bool(HeadBatch::parse({damaged, text}, 1, share));
  });
  cut_and_flip(packed, [](const std::string& damaged) { return bool(unpack_head(damaged)); });
}

TEST_CASE("lines that lie outside their text are damage") {
  const RawBytes text = text_of("0123456789");
  const PushStream good{{{"a", "1"}}, {{from_unix_ns(1), text.view().substr(8, 2), {}}}};
  const auto body = encode_head_batch(TenantId("t"), from_unix_ns(1), {good}, text);
  CHECK(HeadBatch::parse(body, 1, share).has_value());
  for (const std::string_view shorter : {"012345678", "01234567", "0"}) {
    const auto parsed = HeadBatch::parse({body.entries, text_of(shorter)}, 1, share);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::corrupt);
  }
}

TEST_CASE("random pushes read the same inside and as they were sent") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    const Sent push(random, 1 + random() % 60);
    const auto inside = encode_head_batch(TenantId("t"), from_unix_ns(9), push.streams);
    const auto as_sent =
        encode_head_batch(TenantId("t"), from_unix_ns(9), push.streams, push.sent.text);
    CHECK(as_sent.entries.size() < inside.entries.size() + 10 * push.streams.size() + 1000);
    const auto a = HeadBatch::parse(unpack_head(pack_head(inside, {})).value(), 7, share);
    const auto b =
        HeadBatch::parse(unpack_head(pack_head(as_sent, push.sent.block)).value(), 7, share);
    REQUIRE(a.has_value());
    REQUIRE(b.has_value());
    CHECK(lines_of(**a) == lines_of(**b));
    CHECK((*a)->line_bytes() == (*b)->line_bytes());
  }
}

TEST_CASE("what is worth keeping as it was sent") {
  const std::string bytes(1000, 'x');
  const SentText sent{text_of(bytes), snappy_compress(bytes)};
  const auto of = [&](std::string_view line) {
    return std::vector<PushStream>{{{{"a", "1"}}, {{from_unix_ns(1), line, {}}}}};
  };
  const std::string_view text = sent.text.view();
  CHECK(worth_keeping(sent, of(text)));
  CHECK(worth_keeping(sent, of(text.substr(500))));
  CHECK_FALSE(worth_keeping(sent, of(text.substr(501))));  // most of it is no line
  CHECK_FALSE(worth_keeping(sent, of(bytes)));             // the line lies elsewhere
  CHECK_FALSE(worth_keeping({sent.text, std::string(751, 'x')}, of(text)));  // hardly compressed
  CHECK_FALSE(worth_keeping({}, of(bytes)));
}

TEST_CASE_METHOD(StoreFixture,
                 "pushes kept as they were sent are read before and after a restart") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::vector<std::string> pushed;
  open();
  for (int round = 0; round < 20; ++round) {
    Sent push(random, 50);
    for (const auto& stream : push.streams)
      for (const auto& entry : stream.entries) pushed.emplace_back(entry.line);
    REQUIRE(worth_keeping(push.sent, push.streams));
    REQUIRE(store().push({tenant, std::move(push.streams), {}, std::move(push.sent)}).has_value());
  }
  std::sort(pushed.begin(), pushed.end());
  CHECK(lines() == pushed);
  reopen();
  CHECK(lines() == pushed);
  flush();
  CHECK(lines() == pushed);
}

TEST_CASE_METHOD(StoreFixture, "a text that is kept counts whole for the memory of the head") {
  options.head_bytes_max = 150'000;
  open();
  const auto line_of = [this](const std::string& line) {
    return LogPush{tenant, {{{{"a", "1"}}, {{from_unix_ns(noon), line, {}}}}}, {}};
  };
  const std::string first(40'000, 'x');
  const std::string second_line(60'000, 'y');  // in a text of twice its size
  REQUIRE(store().push(line_of(first)).has_value());
  const auto refused = store().push(as_sent(line_of(second_line)));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::limit_exceeded);
  flush();
  CHECK(store().push(as_sent(line_of(second_line))).has_value());
  flush();
  // No head has room for this text, but for its line.
  CHECK(store().push(as_sent(line_of(std::string(100'000, 'z')))).has_value());
}
