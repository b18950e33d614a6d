// What may follow "|": a table of keywords; anything else is a label filter.

#include <algorithm>
#include <array>

#include "query/logql/capture_pattern.h"
#include "query/logql/grammar.h"
#include "query/logql/json_path.h"
#include "query/logql/line_labels.h"
#include "query/logql/line_template.h"

namespace sluice::query::logql {

namespace {

// label="path", other, ...: a bare name extracts the field of that name.
Result<std::vector<JsonStage::Extraction>> parse_extractions(TokenStream& in) {
  std::vector<JsonStage::Extraction> items;
  if (in.peek().kind != TokenKind::identifier) return items;
  do {
    SLUICE_CHECK(in.count_operator());
    SLUICE_TRY(auto label, in.expect_identifier("a label name"));
    std::string path = label;
    if (in.take("=")) {
      SLUICE_TRY(path, in.expect_string("a quoted path after \"=\""));
    }
    items.push_back({std::move(label), std::move(path)});
  } while (in.take(","));
  return items;
}

Result<Stage> parse_json(TokenStream& in) {
  const Token first = in.peek();
  JsonStage stage;
  SLUICE_TRY(stage.extractions, parse_extractions(in));
  for (const auto& item : stage.extractions)
    if (auto path = parse_json_path(item.path); !path)
      return in.positioned(std::move(path).error(), first);
  return Stage{std::move(stage)};
}

Result<Stage> parse_logfmt(TokenStream& in) {
  LogfmtStage stage;
  while (in.peek().kind == TokenKind::flag) {
    if (in.peek().text == "--strict")
      stage.strict = true;
    else if (in.peek().text == "--keep-empty")
      stage.keep_empty = true;
    else
      return in.unexpected("--strict or --keep-empty");
    in.next();
  }
  SLUICE_TRY(stage.extractions, parse_extractions(in));
  return Stage{std::move(stage)};
}

Result<Stage> parse_regexp(TokenStream& in) {
  const Token pattern = in.peek();
  SLUICE_TRY(auto text, in.expect_string("a quoted regex with named groups"));
  auto regex = Regex::compile(text, Anchor::none);
  if (!regex) return in.positioned(std::move(regex).error(), pattern);
  const auto& names = (*regex)->group_names();
  if (std::all_of(names.begin(), names.end(), [](const auto& n) { return n.empty(); }))
    return in.error_at(pattern.begin,
                       "at least one named capture must be supplied, as in "
                       "(?P<status>\\d+)");
  for (const auto& name : names)
    if (!name.empty() && !valid_label_name(name))
      return in.error_at(pattern.begin, "invalid extracted label name '" + name + "'");
  return Stage{RegexpStage{*regex}};
}

Result<Stage> parse_pattern(TokenStream& in) {
  const Token pattern = in.peek();
  SLUICE_TRY(auto text, in.expect_string("a quoted pattern such as \"<ip> <_>\""));
  if (auto compiled = CapturePattern::compile(text); !compiled)
    return in.positioned(std::move(compiled).error(), pattern);
  return Stage{PatternStage{std::move(text)}};
}

Result<void> check_template(const TokenStream& in, const std::string& text, const Token& token) {
  if (auto compiled = parse_line_template(text, nullptr); !compiled)
    return in.positioned(std::move(compiled).error(), token);
  return {};
}

Result<Stage> parse_line_format(TokenStream& in) {
  const Token token = in.peek();
  SLUICE_TRY(auto text, in.expect_string("a quoted template"));
  SLUICE_CHECK(check_template(in, text, token));
  return Stage{LineFormatStage{std::move(text)}};
}

Result<LabelFormatStage::Item> parse_format_item(TokenStream& in) {
  LabelFormatStage::Item item;
  SLUICE_TRY(item.label, in.expect_identifier("a label name"));
  SLUICE_CHECK(in.expect("=", "the label name"));
  const Token source = in.peek();
  item.rename = source.kind == TokenKind::identifier;
  if (item.rename) {
    item.source = std::string(in.next().text);
    return item;
  }
  SLUICE_TRY(item.source, in.expect_string("a label name or a quoted template"));
  SLUICE_CHECK(check_template(in, item.source, source));
  return item;
}

Result<Stage> parse_label_format(TokenStream& in) {
  LabelFormatStage stage;
  do {
    SLUICE_CHECK(in.count_operator());
    const auto begin = in.begin();
    SLUICE_TRY(auto item, parse_format_item(in));
    if (item.label == error_label)
      return in.error_at(begin, item.label + " cannot be formatted; drop it, or filter by it");
    const auto same = [&](const auto& other) { return other.label == item.label; };
    if (std::any_of(stage.items.begin(), stage.items.end(), same))
      return in.error_at(begin, "multiple label name '" + item.label +
                                    "' not allowed in a single format operation");
    stage.items.push_back(std::move(item));
  } while (in.take(","));
  return Stage{std::move(stage)};
}

Result<std::vector<LabelSelection>> parse_selections(TokenStream& in) {
  std::vector<LabelSelection> labels;
  do {
    SLUICE_CHECK(in.count_operator());
    LabelSelection selection;
    if (at_match_op(in.peek(1))) {
      SLUICE_TRY(selection.condition, parse_matcher(in));
      selection.name = selection.condition->name();
    } else {
      SLUICE_TRY(selection.name, in.expect_identifier("a label name"));
    }
    labels.push_back(std::move(selection));
  } while (in.take(","));
  return labels;
}

Result<Stage> parse_drop(TokenStream& in) {
  SLUICE_TRY(auto labels, parse_selections(in));
  return Stage{DropStage{std::move(labels)}};
}
Result<Stage> parse_keep(TokenStream& in) {
  SLUICE_TRY(auto labels, parse_selections(in));
  return Stage{KeepStage{std::move(labels)}};
}
Result<Stage> parse_unpack(TokenStream&) {
  return Stage{UnpackStage{}};
}
Result<Stage> parse_decolorize(TokenStream&) {
  return Stage{DecolorizeStage{}};
}

struct Keyword {
  std::string_view word;
  Result<Stage> (*parse)(TokenStream&);
};
constexpr std::array<Keyword, 10> keywords = {{{"json", parse_json},
                                               {"logfmt", parse_logfmt},
                                               {"regexp", parse_regexp},
                                               {"pattern", parse_pattern},
                                               {"unpack", parse_unpack},
                                               {"line_format", parse_line_format},
                                               {"label_format", parse_label_format},
                                               {"decolorize", parse_decolorize},
                                               {"drop", parse_drop},
                                               {"keep", parse_keep}}};

}  // namespace

bool at_stage(const TokenStream& in) {
  return at_line_filter(in) || (in.peek().is("|") && !in.peek(1).is("unwrap"));
}

Result<Stage> parse_stage(TokenStream& in) {
  SLUICE_CHECK(in.count_operator());
  if (at_line_filter(in)) return parse_line_filter(in);
  SLUICE_CHECK(in.expect("|", "the selector"));
  for (const auto& keyword : keywords)
    if (in.take(keyword.word)) return keyword.parse(in);
  if (in.peek().kind != TokenKind::identifier && !in.peek().is("("))
    return in.unexpected("a stage such as json, logfmt, line_format or a label filter after \"|\"");
  SLUICE_TRY(auto filter, parse_label_filter(in));
  return Stage{LabelFilterStage{std::move(filter)}};
}

}  // namespace sluice::query::logql
