#include "base/http/auth.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/base/http/raw_client.h"
#include "tests/base/http/test_server.h"
#include "tests/support/temp_dir.h"

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

AuthOptions tokens() {
  AuthOptions options;
  options.tokens = {
      {"agent", "secret-ingest", "", Role::ingest, {"team-a"}},
      {"grafana", "secret-read", "", Role::read, {"team-a", "team-b"}},
      {"root", "secret-admin", "", Role::admin, {}},
  };
  return options;
}

std::string bearer(std::string_view token, std::string_view tenant = "") {
  std::string headers = "Authorization: Bearer " + std::string(token) + "\r\n";
  if (!tenant.empty()) headers += "X-Scope-OrgID: " + std::string(tenant) + "\r\n";
  return headers;
}

}  // namespace

TEST_CASE("without tokens everybody is admin of the tenant they name") {
  const auto open = Authenticator::load({}).value();
  CHECK(open.open());
  CHECK(open.identify("", "").value().tenant == default_tenant());
  CHECK(open.identify("", "team-a").value().tenant == TenantId{"team-a"});
  CHECK(open.identify("", "..").error().code == ErrorCode::invalid_argument);
}

TEST_CASE("a token gives its role and is held to its tenants") {
  const auto auth = Authenticator::load(tokens()).value();
  const auto agent = auth.identify("Bearer secret-ingest", "").value();
  CHECK(agent.role == Role::ingest);
  CHECK(agent.tenant == TenantId{"team-a"});
  CHECK(agent.name == "agent");
  CHECK(auth.identify("bearer secret-ingest ", "team-a").value().tenant == TenantId{"team-a"});
  CHECK(auth.identify("Bearer secret-ingest", "team-b").error().code == ErrorCode::forbidden);
  CHECK(auth.identify("Bearer secret-read", "team-b").value().tenant == TenantId{"team-b"});
  CHECK(auth.identify("Bearer secret-read", "").error().code == ErrorCode::forbidden);
  CHECK(auth.identify("Bearer secret-admin", "any").value().tenant == TenantId{"any"});
  CHECK(auth.identify("Bearer secret-admin", "").value().tenant == default_tenant());
}

TEST_CASE("no, wrong and half tokens are unauthenticated, and never echoed") {
  const auto auth = Authenticator::load(tokens()).value();
  for (const auto* header : {"", "Bearer", "Bearer ", "Bearer secret", "Bearer secret-ingesT",
                             "Basic c2VjcmV0", "secret-ingest"}) {
    CAPTURE(header);
    const auto result = auth.identify(header, "");
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::unauthenticated);
    CHECK(result.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("roles: ingest and read are apart, admin is both, none asks nothing") {
  for (const Role have : {Role::none, Role::ingest, Role::read, Role::admin}) {
    for (const Role need : {Role::none, Role::ingest, Role::read, Role::admin}) {
      CHECK(allows(have, need) == (need == Role::none || have == Role::admin || have == need));
    }
  }
}

TEST_CASE("token files are trimmed; what is wrong with a token is said by its name") {
  const TempDir dir;
  const std::string path = dir.write("token", "  from-file \n");
  AuthOptions options;
  options.tokens = {{"f", "", path, Role::read, {}}};
  CHECK(Authenticator::load(options).value().identify("Bearer from-file", "").has_value());
  dir.remove("token");
  CHECK(Authenticator::load(options).error().message.find(path) != std::string::npos);

  const TokenOptions bad[] = {{"t", "", "", Role::read, {}},
                              {"t", "a", "b", Role::read, {}},
                              {"t", "a", "", Role::read, {"not a tenant"}}};
  for (const auto& token : bad) {
    options.tokens = {token};
    CHECK(Authenticator::load(options).error().message.find("token \"t\"") != std::string::npos);
  }
  options.tokens = {{"a", "same", "", Role::read, {}}, {"b", "same", "", Role::admin, {}}};
  CHECK_FALSE(Authenticator::load(options).has_value());
}

TEST_CASE("the server asks for tokens where a route needs a role") {
  auto options = TestServer::quick_options();
  options.auth = tokens();
  TestServer server(options);
  RawClient client(server.port());
  const auto anonymous = client.ask(get("/hello"));
  CHECK(anonymous.status == 401);
  CHECK(anonymous.has("WWW-Authenticate: Bearer"));
  CHECK(client.ask(get("/open")).status == 200);
  CHECK(client.ask(get("/hello", bearer("secret-read", "team-a"))).status == 200);
  CHECK(client.ask(get("/hello", bearer("secret-ingest"))).status == 403);
  CHECK(client.ask(get("/hello", bearer("secret-read", "team-c"))).status == 403);
  const auto pushed = client.ask(post("/echo", "x", bearer("secret-ingest")));
  CHECK(pushed.status == 200);
  CHECK(pushed.has("X-Tenant: team-a"));
  CHECK(client.ask(post("/echo", "x", bearer("secret-read", "team-a"))).status == 403);
}

TEST_CASE("an unauthenticated body is not read") {
  auto options = TestServer::quick_options();
  options.auth = tokens();
  TestServer server(options);
  RawClient client(server.port());
  const auto refused =
      client.ask("POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n");
  CHECK(refused.status == 401);
}

TEST_CASE("a reload swaps the tokens") {
  auto options = TestServer::quick_options();
  options.auth = tokens();
  TestServer server(options);
  RawClient client(server.port());
  CHECK(client.ask(get("/hello", bearer("secret-admin"))).status == 200);
  AuthOptions next;
  next.tokens = {{"new", "new-secret", "", Role::admin, {}}};
  server.server->reload(next, {}).value();
  CHECK(client.ask(get("/hello", bearer("secret-admin"))).status == 401);
  CHECK(client.ask(get("/hello", bearer("new-secret"))).status == 200);
}
