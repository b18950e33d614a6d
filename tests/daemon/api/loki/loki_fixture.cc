#include "tests/daemon/api/loki/loki_fixture.h"

#include <nlohmann/json.hpp>

namespace sluice::api::test {

namespace {

constexpr std::chrono::seconds patience{20};

}  // namespace

std::vector<nlohmann::json> FakeSocket::wait_for(std::size_t frames) {
  std::unique_lock lock(mutex_);
  REQUIRE(arrived_.wait_for(lock, patience, [&] { return frames_.size() >= frames; }));
  std::vector<nlohmann::json> out;
  for (const auto& frame : frames_) out.push_back(nlohmann::json::parse(frame));
  return out;
}

std::vector<std::string> FakeSocket::wait_for_lines(std::size_t lines) {
  std::unique_lock lock(mutex_);
  std::vector<std::string> out;
  const auto enough = [&] {
    out.clear();
    for (const auto& text : frames_) {
      const auto frame = nlohmann::json::parse(text);
      for (const auto& stream : frame["streams"])
        for (const auto& value : stream["values"]) out.push_back(value[1]);
    }
    return out.size() >= lines;
  };
  REQUIRE(arrived_.wait_for(lock, patience, enough));
  return out;
}

nlohmann::json LokiFixture::get(const std::string& path, const std::string& parameters) {
  const auto response = call(path, parameters);
  INFO(response.body);
  REQUIRE(response.status == 200);
  CHECK(response.headers.get("Content-Type") == "application/json; charset=UTF-8");
  return nlohmann::json::parse(response.body);
}

nlohmann::json LokiFixture::result(const std::string& path, const std::string& parameters) {
  auto body = get(path, parameters);
  CHECK(body["status"] == "success");
  return body["data"]["result"];
}

}  // namespace sluice::api::test
