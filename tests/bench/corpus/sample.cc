#include "tests/bench/corpus/sample.h"

#include <algorithm>
#include <unordered_map>

#include "tests/bench/corpus/time_layout.h"

namespace sluice::bench {

namespace {

using Kind = TemplatePiece::Kind;

// Text before a slot that tells what the slot holds.
constexpr std::size_t context_bytes = 12;

struct RawPiece {
  Kind kind;
  std::string_view text;  // time: its layout
};

bool word_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::size_t word_end(std::string_view line, std::size_t at) {
  while (at < line.size() && word_char(line[at])) ++at;
  return at;
}

bool has_digit(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The end of the variable that begins at `at`; `at` itself if there is none.
std::size_t variable_end(std::string_view line, std::size_t at) {
  if (is_uuid(line.substr(at, 36)) && word_end(line, at + 36) == at + 36) return at + 36;
  std::size_t end = word_end(line, at);
  if (!has_digit(line.substr(at, end - at))) return at;
  while (end + 1 < line.size() &&
         std::string_view(".-_").find(line[end]) != std::string_view::npos) {
    const std::size_t next = word_end(line, end + 1);
    if (!has_digit(line.substr(end + 1, next - end - 1))) break;
    end = next;
  }
  return end;
}

std::vector<RawPiece> split(std::string_view line) {
  std::vector<RawPiece> pieces;
  std::size_t text_begin = 0, at = 0;
  const auto cut = [&](Kind kind, std::string_view what, std::size_t end) {
    if (at > text_begin) pieces.push_back({Kind::text, line.substr(text_begin, at - text_begin)});
    pieces.push_back({kind, what});
    text_begin = at = end;
  };
  while (at < line.size()) {
    if (!word_char(line[at])) {
      ++at;
    } else if (const auto time = match_time(line, at)) {
      cut(Kind::time, time->pattern, at + time->length);
    } else if (const std::size_t end = variable_end(line, at); end > at) {
      cut(Kind::value, line.substr(at, end - at), end);
    } else {
      at = word_end(line, at);
    }
  }
  if (at > text_begin) pieces.push_back({Kind::text, line.substr(text_begin)});
  return pieces;
}

class Learner {
 public:
  explicit Learner(std::string app) { sample_.app = std::move(app); }

  void add(std::string_view line) {
    const auto pieces = split(line);
    const bool timed = std::any_of(pieces.begin(), pieces.end(),
                                   [](const RawPiece& p) { return p.kind == Kind::time; });
    if (!timed) return;
    sample_.bytes += line.size() + 1;
    std::string key;
    LineTemplate made;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      made.push_back(piece(pieces, i));
      const TemplatePiece& p = made.back();
      key.push_back(static_cast<char>('\1' + static_cast<int>(p.kind)));
      key += p.kind == Kind::value ? std::to_string(p.klass) : p.text;
    }
    const auto [found, is_new] =
        templates_.try_emplace(std::move(key), static_cast<std::uint32_t>(templates_.size()));
    if (is_new) sample_.templates.push_back(std::move(made));
    sample_.order.push_back(found->second);
  }

  Sample take() {
    for (auto& klass : sample_.classes) klass.finish();
    return std::move(sample_);
  }

 private:
  TemplatePiece piece(const std::vector<RawPiece>& pieces, std::size_t i) {
    const RawPiece& raw = pieces[i];
    if (raw.kind != Kind::value) return {raw.kind, std::string(raw.text), 0};
    std::string context = "^";
    if (i > 0) context = pieces[i - 1].text;
    if (context.size() > context_bytes) context.erase(0, context.size() - context_bytes);
    context.push_back(static_cast<char>(kind_of(raw.text)));
    const auto [found, is_new] = classes_.try_emplace(context, sample_.classes.size());
    if (is_new) sample_.classes.emplace_back();
    sample_.classes[found->second].observe(raw.text);
    return {Kind::value, "", found->second};
  }

  Sample sample_;
  std::unordered_map<std::string, std::uint32_t> templates_;
  std::unordered_map<std::string, std::size_t> classes_;
};

}  // namespace

Result<Sample> learn_sample(std::string app, std::string_view text) {
  const std::string name = app;
  Learner learner(std::move(app));
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    while (line.ends_with('\r')) line.remove_suffix(1);
    learner.add(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  Sample sample = learner.take();
  if (sample.order.empty())
    return invalid_argument("sample \"" + name + "\" has no line with a time in it");
  return sample;
}

}  // namespace sluice::bench
