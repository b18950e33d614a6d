#include "base/telemetry/log.h"

#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "base/types/time.h"

namespace sluice {
namespace {

// Redirects stderr into a temporary file while it lives.
class CapturedStderr {
 public:
  CapturedStderr() : file_(std::tmpfile()), saved_(::dup(STDERR_FILENO)) {
    REQUIRE(file_ != nullptr);
    ::dup2(::fileno(file_), STDERR_FILENO);
  }
  ~CapturedStderr() {
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
    std::fclose(file_);
  }

  std::vector<std::string> lines() {
    std::fflush(stderr);
    std::rewind(file_);
    std::vector<std::string> out(1);
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) {
      if (c == '\n')
        out.emplace_back();
      else
        out.back() += static_cast<char>(c);
    }
    CHECK(out.back().empty());  // every line is finished
    out.pop_back();
    return out;
  }

 private:
  std::FILE* file_;
  int saved_;
};

std::string only_line(LogFormat format, std::string_view message,
                      std::initializer_list<LogField> fields) {
  CapturedStderr captured;
  configure_logging(LogLevel::info, format);
  log_info(message, fields);
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 1);
  return lines[0];
}

// Without the timestamp, which is checked to be one.
std::string logfmt_after_timestamp(std::string_view message,
                                   std::initializer_list<LogField> fields) {
  const std::string line = only_line(LogFormat::logfmt, message, fields);
  const std::size_t space = line.find(' ');
  REQUIRE(line.starts_with("ts="));
  CHECK(parse_rfc3339(line.substr(3, space - 3)).has_value());
  return line.substr(space + 1);
}

}  // namespace

TEST_CASE("logfmt lines quote what needs quoting", "[log]") {
  CHECK(logfmt_after_timestamp("listening", {{"addr", "127.0.0.1:3180"}, {"tls", false}}) ==
        "level=info msg=listening addr=127.0.0.1:3180 tls=false");
  CHECK(logfmt_after_timestamp("two words", {{"empty", ""}, {"eq", "a=b"}, {"q", "a\"b\n"}}) ==
        R"(level=info msg="two words" empty="" eq="a=b" q="a\"b\n")");
  CHECK(logfmt_after_timestamp("n", {{"int", 42}, {"big", std::uint64_t{1} << 63}, {"f", 0.5}}) ==
        "level=info msg=n int=42 big=9223372036854775808 f=0.5");
}

TEST_CASE("an error is logged with its code", "[log]") {
  const Error error{ErrorCode::io, "cannot open x"};
  CHECK(logfmt_after_timestamp("failed", {{"error", error}}) ==
        "level=info msg=failed error=\"cannot open x (io)\"");
}

TEST_CASE("JSON lines are JSON whatever the fields hold", "[log]") {
  const std::string line =
      only_line(LogFormat::json, "a \"message\"\n",
                {{"path", std::string("\xFF\x00/x", 4)},
                 {"n", -3},
                 {"ok", true},
                 {"ratio", 0.25},
                 {"nan", std::numeric_limits<double>::quiet_NaN()}});
  const auto json = nlohmann::json::parse(line);
  CHECK(json.at("level") == "info");
  CHECK(json.at("msg") == "a \"message\"\n");
  CHECK(json.at("n") == -3);
  CHECK(json.at("ok") == true);
  CHECK(json.at("ratio") == 0.25);
  CHECK(json.at("nan") == "NaN");
  CHECK(json.at("path").get<std::string>().size() == 6);  // U+FFFD, NUL, "/x"
}

TEST_CASE("levels below the configured one are silent", "[log]") {
  CapturedStderr captured;
  configure_logging(LogLevel::warn, LogFormat::logfmt);
  log_debug("d");
  log_info("i");
  log_warn("w");
  log_error("e");
  CHECK_FALSE(log_enabled(LogLevel::info));
  CHECK(log_enabled(LogLevel::error));
  CHECK(captured.lines().size() == 2);
}

TEST_CASE("log level names", "[log]") {
  CHECK(*parse_log_level("debug") == LogLevel::debug);
  CHECK(*parse_log_level("error") == LogLevel::error);
  CHECK(parse_log_level("INFO").error().message.find("use debug, info") != std::string::npos);
}

TEST_CASE("lines of parallel threads do not mix", "[log]") {
  CapturedStderr captured;
  configure_logging(LogLevel::info, LogFormat::logfmt);
  const auto write = [] {
    for (int i = 0; i < 200; ++i) log_info("line", {{"text", std::string(300, 'x')}});
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(write);
  for (auto& thread : threads) thread.join();
  const auto lines = captured.lines();
  CHECK(lines.size() == 800);
  for (const auto& line : lines) CHECK(line.ends_with("msg=line text=" + std::string(300, 'x')));
}

}  // namespace sluice
