// What a scrape of the daemon's gives to the store.
#include "daemon/ingest/scrape_sink.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/daemon/storage/store_fixture.h"

using namespace sluice;
using namespace sluice::ingest;
using namespace sluice::storage::test;

TEST_CASE_METHOD(StoreFixture, "scraped samples are stored with their metadata and exemplars") {
  open();
  const std::int64_t now = noon / 1'000'000;
  const LabelSet labels = {{"__name__", "a_total"}, {"job", "j"}};
  const std::vector<Exemplar> exemplars = {{{{"trace_id", "ab"}}, 0.5, now}};
  scrape::ScrapeWrite write;
  write.series = {{labels, {{now, 1}}}};
  write.metadata = {{"a_total", "counter", "about it", ""}};
  write.exemplars = {{labels, exemplars}};
  REQUIRE(scrape_sink(store(), tenant, metrics)(std::move(write)).has_value());
  CHECK(samples("a_total", 0, now).size() == 1);
  CHECK(store().samples().metadata(tenant)->size() == 1);
  const auto found = *store().exemplars().exemplars(tenant, {{}}, 0, now);
  REQUIRE(found.size() == 1);
  CHECK(found[0].series == labels);
  CHECK(found[0].exemplars == exemplars);
}
