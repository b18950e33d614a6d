// TLS and mutual TLS, with certificates made here.
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "base/http/client.h"
#include "tests/base/http/certificates.h"
#include "tests/base/http/raw_client.h"
#include "tests/base/http/test_server.h"

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

// A server with a certificate for 127.0.0.1, and verbs to call it.
class TlsFixture {
 public:
  explicit TlsFixture(bool mutual = false) {
    auto options = TestServer::quick_options();
    const KeyPair pair = ca.issue("server", "DNS:localhost,IP:127.0.0.1");
    options.tls = {pair.cert_file, pair.key_file, mutual ? ca.cert_file() : ""};
    server = std::make_unique<TestServer>(options);
  }

  TlsClientOptions trusting() const {
    TlsClientOptions tls;
    tls.ca_file = ca.cert_file();
    return tls;
  }

  TlsClientOptions identified(const CertificateAuthority& by) const {
    TlsClientOptions tls = trusting();
    const KeyPair pair = by.issue("client", "DNS:client");
    tls.cert_file = pair.cert_file;
    tls.key_file = pair.key_file;
    return tls;
  }

  Result<ClientResponse> call(const TlsClientOptions& tls, const std::string& path = "/hello",
                              const std::string& host = "127.0.0.1") {
    ClientOptions options;
    options.tls = tls;
    const auto client = make_client(server->runtime, options);
    ClientRequest request;
    request.url = "https://" + host + ":" + std::to_string(server->port()) + path;
    return client->request(request);
  }

  CertificateAuthority ca{"test authority"};
  std::unique_ptr<TestServer> server;
};

}  // namespace

TEST_CASE("a client that trusts the authority speaks TLS to the server") {
  TlsFixture fixture;
  CHECK(fixture.call(fixture.trusting()).value().body == "hello");
  CHECK(fixture.call(fixture.trusting(), "/hello", "localhost").value().body == "hello");
  CHECK(fixture.call(fixture.trusting(), "/stream?n=10000").value().body.size() == 100'006);
}

TEST_CASE("an unknown authority or another name is refused by the client") {
  TlsFixture fixture;
  const CertificateAuthority other("somebody else");
  TlsClientOptions wrong_ca;
  wrong_ca.ca_file = other.cert_file();
  CHECK(fixture.call(wrong_ca).error().code == ErrorCode::unavailable);
  TlsClientOptions wrong_name = fixture.trusting();
  wrong_name.server_name = "example.org";
  CHECK(fixture.call(wrong_name).error().message.find("TLS handshake") != std::string::npos);
  TlsClientOptions careless;
  careless.insecure_skip_verify = true;
  CHECK(fixture.call(careless).value().status == 200);
}

TEST_CASE("mutual TLS lets in only clients with a certificate of the right authority") {
  TlsFixture fixture(true);
  const CertificateAuthority other("somebody else");
  CHECK(fixture.call(fixture.identified(fixture.ca)).value().status == 200);
  CHECK_FALSE(fixture.call(fixture.trusting()).has_value());
  CHECK_FALSE(fixture.call(fixture.identified(other)).has_value());
}

TEST_CASE("plain bytes on a TLS port close that connection only") {
  TlsFixture fixture;
  RawClient plain(fixture.server->port());
  plain.send(get("/hello"));
  plain.receive_all();
  CHECK(fixture.call(fixture.trusting()).value().status == 200);
}

TEST_CASE("a reload swaps the certificate for new connections") {
  TlsFixture fixture;
  const CertificateAuthority successor("successor");
  const KeyPair pair = successor.issue("next", "IP:127.0.0.1");
  fixture.server->server->reload({}, {pair.cert_file, pair.key_file, ""}).value();
  TlsClientOptions tls;
  tls.ca_file = successor.cert_file();
  CHECK(fixture.call(tls).value().status == 200);
  CHECK_FALSE(fixture.call(fixture.trusting()).has_value());
}

TEST_CASE("a certificate that cannot be read is an error that names the file") {
  TlsFixture fixture;
  const auto result = fixture.server->server->reload({}, {"/nonexistent/cert.pem", "x", ""});
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message.find("/nonexistent/cert.pem") != std::string::npos);
  CHECK(fixture.call(fixture.trusting()).value().status == 200);
}

TEST_CASE("a disconnect during a handler is noticed over TLS too") {
  TlsFixture fixture;
  ClientOptions options;
  options.tls = fixture.trusting();
  const auto client = make_client(fixture.server->runtime, options);
  std::stop_source stop;
  std::jthread caller([&] {
    ClientRequest request;
    request.url = "https://127.0.0.1:" + std::to_string(fixture.server->port()) + "/wait";
    request.cancel = stop.get_token();
    CHECK(client->request(request).error().code == ErrorCode::cancelled);
  });
  fixture.server->gate.wait_for_arrivals(1);
  stop.request_stop();
  fixture.server->gate.wait_for_cancellations(1);
}
