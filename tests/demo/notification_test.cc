#include "tests/demo/notification.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/demo/receive.h"

namespace sluice::demo {
namespace {

constexpr const char* firing = R"({"version":"4","status":"firing","alerts":[
  {"status":"firing","labels":{"alertname":"ShopErrors","service":"shop","severity":"page"},
   "annotations":{"summary":"5.1 % of requests fail"}}]})";

http::Request post(std::string body) {
  http::Request request;
  request.method = "POST";
  request.path = "/hook";
  request.target = "/hook";
  request.body = std::move(body);
  return request;
}

}  // namespace

TEST_CASE("an alert becomes two lines: what, and why") {
  CHECK(describe_notification(firing).value() ==
        "FIRING    ShopErrors  service=shop severity=page\n"
        "          5.1 % of requests fail\n");
}

TEST_CASE("without a summary the description is shown, without both that is said") {
  CHECK(describe_notification(R"({"alerts":[{"status":"resolved","labels":{"alertname":"X"},
      "annotations":{"description":"why"}}]})").value() == "RESOLVED  X  \n          why\n");
  CHECK(describe_notification(R"({"alerts":[{"status":"firing"}]})").value() ==
        "FIRING      \n          no summary\n");
}

TEST_CASE("a body that is not a notification is refused with a reason") {
  const char* bad[] = {"", "{", "[]", "3", "{}", R"({"alerts":3})", R"({"alerts":[3]})"};
  for (const char* body : bad) {
    INFO(body);
    CHECK(describe_notification(body).error().code == ErrorCode::parse);
  }
}

TEST_CASE("the receiver takes a notification on any path and answers 400 to anything else") {
  http::Router router;
  add_receiver_routes(router);
  CHECK(router.dispatch(post(firing)).status == 200);
  CHECK(router.dispatch(post("nonsense")).status == 400);
}

}  // namespace sluice::demo
