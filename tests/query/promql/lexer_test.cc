#include "query/promql/lexer.h"

#include <catch2/catch_test_macros.hpp>

namespace sluice::query::promql {
namespace {

std::string print(std::string_view text) {
  std::string out;
  for (const Token& token : tokenize(text)) {
    if (!out.empty()) out += ' ';
    switch (token.kind) {
      case TokenKind::end: out += "$"; break;
      case TokenKind::error: out += "!" + token.text; break;
      case TokenKind::identifier: out += "i:" + token.text; break;
      case TokenKind::metric_identifier: out += "m:" + token.text; break;
      case TokenKind::number: out += "n:" + token.text; break;
      case TokenKind::duration: out += "d:" + token.text; break;
      case TokenKind::string: out += "s:" + token.text; break;
      case TokenKind::punctuation: out += token.text; break;
    }
  }
  return out;
}

TEST_CASE("tokens of PromQL", "[promql]") {
  struct Case {
    const char* text;
    const char* tokens;
  };
  const Case cases[] = {
      {"", "$"},
      {"  # comment\n 1 # x", "n:1 $"},
      {"a:b_c + d", "m:a:b_c + i:d $"},
      {":rule", "m::rule $"},
      {"1.5e-3 .5 5. 0x1f 1_000", "n:1.5e-3 n:.5 n:5. n:0x1f n:1_000 $"},
      {"5m 1h30m 10ms", "d:5m d:1h30m d:10ms $"},
      {"x[5m:1m]", "i:x [ d:5m : d:1m ] $"},
      {"x[5m:]", "i:x [ d:5m : ] $"},
      {"{a=\"b\",c!='d',e=~`f`,g!~\"h\"}",
       "{ i:a = s:\"b\" , i:c != s:'d' , i:e =~ s:`f` , i:g !~ s:\"h\" } $"},
      {"a==b!=c>=d<=e", "i:a == i:b != i:c >= i:d <= i:e $"},
      {"\"a\\\"b\"", "s:\"a\\\"b\" $"},
      {"x @ 5", "i:x @ n:5 $"},
      {"a =~ b", "i:a !unexpected character: '='"},
      {"a; b", "i:a !unexpected character: ';'"},
      {"é", "!unexpected character: 'é'"},
      {"5y1", "!bad number or duration syntax: \"5y1\""},
      {"1x", "!bad number or duration syntax: \"1x\""},
      {"'a", "!unterminated quoted string"},
      {"\"\\q\"", "!invalid escape in quoted string"},
      {"]", "!unexpected right bracket ']'"},
      {"a[[", "i:a [ !unexpected left bracket '['"},
      {"{{", "{ !unexpected left brace '{'"},
      {"}", "!unexpected right brace '}'"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(print(c.text) == c.tokens);
  }
}

TEST_CASE("token positions are byte offsets", "[promql]") {
  const auto tokens = tokenize("up  > 5");
  REQUIRE(tokens.size() == 4);
  CHECK(tokens[0].begin == 0);
  CHECK(tokens[0].end == 2);
  CHECK(tokens[1].begin == 4);
  CHECK(tokens[2].begin == 6);
  CHECK(tokens[3].begin == 7);
}

}  // namespace
}  // namespace sluice::query::promql
