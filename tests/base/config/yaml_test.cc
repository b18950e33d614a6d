#include "base/config/yaml.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <cstdlib>

namespace sluice {
namespace {

YamlDocument parsed(std::string text, bool expand_env = true) {
  auto document = YamlDocument::parse(std::move(text), "f.yaml", expand_env);
  INFO((document ? std::string() : document.error().message));
  REQUIRE(document.has_value());
  return *document;
}

std::string syntax_error(std::string text) {
  auto document = YamlDocument::parse(std::move(text), "f.yaml");
  return document ? "accepted" : document.error().message;
}

std::string problems(YamlDocument& document) {
  auto finished = document.finish();
  return finished ? "" : finished.error().message;
}

// What one getter says about `value` in `key: value`.
template <class Get>
std::string complaint(const std::string& value, Get get) {
  YamlDocument document = parsed("key: " + value + "\n");
  YamlNode root = document.root();
  get(root);
  return problems(document);
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("a document is read by asking for keys", "[yaml]") {
  YamlDocument document = parsed(R"(
http:
  listen: 0.0.0.0:3180
  idle_timeout: 1h30m
  max_body: 64MiB
  tls: true
  workers: 4
  ratio: 0.25
  tokens:
    - name: a
    - name: b
  hosts: [one, two]
)");
  YamlNode http = document.root().section("http");
  CHECK(http.string("listen") == "0.0.0.0:3180");
  CHECK(http.duration("idle_timeout", {}) == std::chrono::minutes(90));
  CHECK(http.bytes("max_body", 0) == 64 << 20);
  CHECK(http.boolean("tls", false));
  CHECK(http.integer("workers", 1, 1, 64) == 4);
  CHECK(http.number("ratio", 0) == 0.25);
  CHECK(http.strings("hosts") == std::vector<std::string>{"one", "two"});
  std::string names;
  for (YamlNode token : http.list("tokens")) names += token.string("name");
  CHECK(names == "ab");
  CHECK(problems(document) == "");
}

TEST_CASE("what is missing or empty gives the fallback", "[yaml]") {
  YamlDocument document = parsed("http:\n  listen:\n  tls: ~\n");
  YamlNode http = document.root().section("http");
  CHECK(http.string("listen", "x") == "x");
  CHECK(http.boolean("tls", true));
  CHECK_FALSE(http.has("listen"));
  CHECK(http.integer("workers", 7, 0, 10) == 7);
  CHECK(http.list("tokens").empty());
  YamlNode missing = document.root().section("storage");
  CHECK_FALSE(missing.present());
  CHECK(missing.section("deeper").string("path", "var") == "var");
  CHECK(missing.entries().empty());
  CHECK(problems(document) == "");
}

TEST_CASE("an empty file is an empty map", "[yaml]") {
  for (auto text : {"", "\n", "# only a comment\n", "---\n"}) {
    YamlDocument document = parsed(text);
    CHECK(document.root().section("http").string("listen", "x") == "x");
    CHECK(problems(document) == "");
  }
}

TEST_CASE("unknown keys are reported with the key that was meant", "[yaml]") {
  YamlDocument document = parsed("http:\n  lissten: a\n  zebra: 1\nstorag: {}\n");
  YamlNode root = document.root();
  root.section("http").string("listen");
  root.section("storage").string("path");
  CHECK(problems(document) ==
        "f.yaml:2:3: unknown key \"lissten\"; did you mean \"listen\"?\n"
        "f.yaml:3:3: unknown key \"zebra\"\n"
        "f.yaml:4:1: unknown key \"storag\"; did you mean \"storage\"?");
}

TEST_CASE("unknown keys are found in lists and in sections nobody asked further", "[yaml]") {
  YamlDocument document = parsed("list:\n  - a: 1\n    b: 2\nsection: {c: 3}\n");
  YamlNode root = document.root();
  for (YamlNode item : root.list("list")) item.integer("a", 0, 0, 9);
  root.section("section");
  CHECK(problems(document) ==
        "f.yaml:3:5: unknown key \"b\"\nf.yaml:4:11: unknown key \"c\"");
}

TEST_CASE("all problems are shown at once, in the order of the file", "[yaml]") {
  YamlDocument document = parsed("a: x\nb: y\nc: [1]\nd: {e: 1}\n");
  YamlNode root = document.root();
  root.list("d");
  root.string("c");
  root.boolean("b", false);
  root.integer("a", 0, 1, 9);
  CHECK(problems(document) ==
        "f.yaml:1:4: \"a\": expected a whole number from 1 to 9, not \"x\"\n"
        "f.yaml:2:4: \"b\": expected true or false, not \"y\"\n"
        "f.yaml:3:4: \"c\" must be a single value, not a list\n"
        "f.yaml:4:4: \"d\" must be a list, not a map");
}

TEST_CASE("typed values are strict", "[yaml]") {
  const auto integer = [](YamlNode& n) { n.integer("key", 0, -5, 10); };
  CHECK(complaint("-5", integer) == "");
  CHECK(complaint("\"10\"", integer) == "");
  for (auto bad : {"11", "-6", "1.0", "1x", "99999999999999999999", "''"})
    CHECK(complaint(bad, integer).find("from -5 to 10") != std::string::npos);
  const auto number = [](YamlNode& n) { n.number("key", 0); };
  CHECK(complaint("1e3", number) == "");
  for (auto bad : {"nan", "inf", "1,5", "one"})
    CHECK(complaint(bad, number).find("a number") != std::string::npos);
  CHECK(complaint("yes", [](YamlNode& n) { n.boolean("key", false); }).find("true or false") !=
        std::string::npos);
  CHECK(complaint("15", [](YamlNode& n) { n.duration("key", {}); }).find("not a duration") !=
        std::string::npos);
  CHECK(complaint("lots", [](YamlNode& n) { n.bytes("key", 0); }).find("not a size") !=
        std::string::npos);
  CHECK(complaint("[a, [b]]", [](YamlNode& n) { n.strings("key"); }) ==
        "f.yaml:1:10: must be a single value, not a list");
}

TEST_CASE("entries of a map keep the file's order and count as known", "[yaml]") {
  YamlDocument document = parsed("labels:\n  z: 1\n  a: two\n  m:\n");
  std::string seen;
  for (auto& [key, value] : document.root().section("labels").entries())
    seen += key + "=" + (value.present() ? value.text() : "-") + " ";
  CHECK(seen == "z=1 a=two m=- ");
  CHECK(problems(document) == "");
}

TEST_CASE("a caller's own complaint stands at the right place", "[yaml]") {
  YamlDocument document = parsed("http:\n  listen: nowhere\n");
  YamlNode http = document.root().section("http");
  http.string("listen");
  http.error_at("listen", "not an address");
  http.error_at("absent", "is required");
  http.error("is odd");
  CHECK(http.where() == "f.yaml:2:3");
  CHECK(problems(document) ==
        "f.yaml:2:3: \"absent\": is required\n"
        "f.yaml:2:3: \"listen\": not an address\n"
        "f.yaml:2:3: is odd");
}

TEST_CASE("duplicate keys are errors", "[yaml]") {
  YamlDocument document = parsed("a: 1\nb: {c: 1, c: {d: 1}}\na: [2]\n");
  YamlNode root = document.root();
  CHECK(root.integer("a", 0, 0, 9) == 1);
  CHECK(root.section("b").integer("c", 0, 0, 9) == 1);
  CHECK(problems(document) ==
        "f.yaml:2:11: key \"c\" stands twice in this map\n"
        "f.yaml:3:1: key \"a\" stands twice in this map");
}

TEST_CASE("environment variables are expanded in values, before typing", "[yaml]") {
  ::setenv("SLUICE_TEST_PORT", "3180", 1);
  ::unsetenv("SLUICE_TEST_NONE");
  YamlDocument document = parsed(
      "port: ${SLUICE_TEST_PORT}\n"
      "addr: \"${SLUICE_TEST_NONE:-localhost}:${SLUICE_TEST_PORT}\"\n"
      "price: $$5\n"
      "empty: ${SLUICE_TEST_NONE:-}\n"
      "${SLUICE_TEST_PORT}: kept\n"
      "bad: ${SLUICE_TEST_NONE}\n");
  YamlNode root = document.root();
  CHECK(root.integer("port", 0, 1, 65535) == 3180);
  CHECK(root.string("addr") == "localhost:3180");
  CHECK(root.string("price") == "$5");
  CHECK(root.integer("empty", 9, 0, 10) == 9);
  CHECK(root.string("${SLUICE_TEST_PORT}") == "kept");
  root.string("bad");
  CHECK(problems(document) ==
        "f.yaml:6:6: environment variable SLUICE_TEST_NONE is not set");
}

TEST_CASE("rule files keep their dollars", "[yaml]") {
  YamlDocument document = parsed("text: \"{{ $labels.job }} $$ ${x}\"\n", false);
  CHECK(document.root().string("text") == "{{ $labels.job }} $$ ${x}");
}

TEST_CASE("block text is kept as written", "[yaml]") {
  YamlDocument document = parsed("expr: |\n  rate(x[5m])\n    > 1\nfolded: >-\n  a\n  b\n");
  YamlNode root = document.root();
  CHECK(root.string("expr") == "rate(x[5m])\n  > 1\n");
  CHECK(root.string("folded") == "a b");
  CHECK(problems(document) == "");
}

TEST_CASE("syntax errors say where", "[yaml]") {
  CHECK(syntax_error("a: [1, 2\nb: 3\n").starts_with("f.yaml:2:2: "));
  CHECK(syntax_error("a: \"open\n").find("in scalar") != std::string::npos);
  CHECK(syntax_error("- a\nb: c\n") == "f.yaml:2:1: a second document begins here");
  CHECK(syntax_error("? [a]\n: b\n") == "f.yaml:1:3: a key must be a plain word");
  CHECK(syntax_error("a: 1\n---\nb: 2\n") == "f.yaml:3:1: a second document begins here");
  CHECK(syntax_error("a: *nobody\n").starts_with("f.yaml:1:"));
}

TEST_CASE("a document that is a single word is no configuration", "[yaml]") {
  YamlDocument document = parsed("hello\n");
  CHECK(document.root().string("a", "x") == "x");
  CHECK(problems(document).starts_with("f.yaml:1:1: the document must be a map"));
}

TEST_CASE("aliases share what they point to, within bounds", "[yaml]") {
  YamlDocument document = parsed("a: &x {n: 1}\nb: *x\n");
  YamlNode root = document.root();
  CHECK(root.section("a").integer("n", 0, 0, 9) == 1);
  CHECK(root.section("b").integer("n", 0, 0, 9) == 1);
  CHECK(problems(document) == "");

  CHECK(syntax_error("a: &x [1, *x]\n").find("may not contain itself") != std::string::npos);
  std::string laughs = "a0: &a0 [l, o, l]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 9; ++j) laughs += before + ", ";
    laughs += before + "]\n";
  }
  CHECK(syntax_error(laughs).find("more than 1000 nodes") != std::string::npos);
}

TEST_CASE("depth and size are bounded", "[yaml]") {
  CHECK(syntax_error(nested(64)) == "accepted");
  CHECK(syntax_error(nested(65)).find("64 deep") != std::string::npos);
  CHECK(syntax_error(nested(100'000)).find("deep") != std::string::npos);
  CHECK(syntax_error(std::string(5 << 20, '#')).find("4 MiB") != std::string::npos);
}

TEST_CASE("a file cut anywhere is an error or a shorter file, never a crash", "[yaml]") {
  const std::string text = "a: &x {n: [1, \"two\"]}\nb: *x\nc: |\n  text\n? d\n: !!str 'e'\n";
  std::size_t accepted = 0;
  for (std::size_t n = 0; n <= text.size(); ++n)
    accepted += YamlDocument::parse(text.substr(0, n), "cut").has_value() ? 1 : 0;
  CHECK(accepted > 0);
  CHECK(accepted < text.size());
}

TEST_CASE("files that cannot be read say why", "[yaml]") {
  CHECK(YamlDocument::load_file("/nonexistent/x.yaml").error().code == ErrorCode::not_found);
  CHECK(YamlDocument::load_file("/nonexistent/x.yaml").error().message ==
        "/nonexistent/x.yaml: No such file or directory");
  CHECK(YamlDocument::load_file("/").error().code == ErrorCode::io);
}

TEST_CASE("a file is named in its errors as it was given", "[yaml]") {
  char path[] = "/tmp/sluice-yaml-test-XXXXXX";
  const int fd = ::mkstemp(path);
  REQUIRE(fd >= 0);
  REQUIRE(::write(fd, "a: [\n", 5) == 5);
  ::close(fd);
  CHECK(YamlDocument::load_file(path).error().message.starts_with(std::string(path) + ":"));
  std::remove(path);
}

}  // namespace sluice
