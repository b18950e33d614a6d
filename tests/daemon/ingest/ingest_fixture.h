// IngestFixture: the ingest routes over a real store, called without sockets.
#pragma once

#include <string>

#include "base/codec/compress.h"
#include "daemon/ingest/push_handlers.h"
#include "tests/daemon/storage/store_fixture.h"

namespace sluice::ingest::test {

class IngestFixture : public storage::test::StoreFixture {
 public:
  IngestFixture() {
    open();
    add_routes(router_, store(), clock, metrics, limits);
  }

  Limits limits;

  http::Response post(const std::string& path, const std::string& content_type, std::string body,
                      http::Headers headers = {}) {
    http::Request request;
    request.method = "POST";
    request.path = path;
    request.headers = std::move(headers);
    if (!content_type.empty()) request.headers.set("Content-Type", content_type);
    request.body = std::move(body);
    request.tenant = tenant;
    return router_.dispatch(std::move(request));
  }
  http::Response push_json(std::string body, http::Headers headers = {}) {
    return post("/loki/api/v1/push", "application/json", std::move(body), std::move(headers));
  }

 private:
  http::Router router_;
};

}  // namespace sluice::ingest::test
