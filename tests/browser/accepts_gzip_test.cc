#include "daemon/api/ui/accepts_gzip.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice::api {

TEST_CASE("Accept-Encoding is read by names and qualities") {
  struct Case {
    const char* header;
    bool accepts;
  };
  const Case cases[] = {
      {"", false},
      {"gzip", true},
      {"GZip", true},
      {"x-gzip", true},
      {"gzip, deflate, br", true},
      {"br;q=1.0, gzip;q=0.8", true},
      {"br , gzip ; q=0.5", true},
      {"gzip;q=0", false},
      {"gzip; Q=0.000", false},
      {"gzip;q=0.001", true},
      {"identity", false},
      {"*", true},
      {"*;q=0", false},
      {"gzip;q=0, *", false},
      {"*, gzip;q=0", false},
      {"gzipped", false},
      {",,;;,", false},
      {"gzip;level=9", true},
  };
  for (const Case& c : cases) {
    INFO(c.header);
    CHECK(accepts_gzip(c.header) == c.accepts);
  }
}

}  // namespace sluice::api
