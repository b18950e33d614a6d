#include "query/ast/regex.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>

#include "base/types/ascii.h"
#include "query/ast/find_bytes.h"
#include "query/ast/literals.h"

namespace sluice::query {

namespace {

// Longer patterns are generated, not written; refusing them keeps compile time and memory bounded.
constexpr std::size_t max_pattern_bytes = 16 << 10;
constexpr std::int64_t max_compiled_bytes = 8 << 20;

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(max_compiled_bytes);
  return options;
}

Error bad_pattern(std::string_view pattern, const std::string& why) {
  constexpr std::size_t shown = 200;
  return {ErrorCode::parse, "invalid regex \"" + std::string(pattern.substr(0, shown)) +
                                (pattern.size() > shown ? "...\": " : "\": ") + why};
}

bool word_char(char c) {
  return is_ascii_letter(c) || is_digit(c) || c == '_';
}

// Removes the group name after a '$' from the front of `text`; nullopt if it is no reference.
std::optional<std::string_view> take_reference(std::string_view& text) {
  const bool braces = !text.empty() && text.front() == '{';
  const std::size_t begin = braces ? 1 : 0;
  std::size_t end = begin;
  while (end < text.size() && word_char(text[end])) ++end;
  if (end == begin || (braces && (end == text.size() || text[end] != '}'))) return std::nullopt;
  const auto name = text.substr(begin, end - begin);
  text.remove_prefix(braces ? end + 1 : end);
  return name;
}

std::size_t group_index(const std::vector<std::string>& names, std::string_view name) {
  if (std::all_of(name.begin(), name.end(), is_digit))
    return name.size() > 4 ? names.size() : std::stoul(std::string(name));
  return static_cast<std::size_t>(std::find(names.begin() + 1, names.end(), name) - names.begin());
}

// Go's Regexp.Expand: $1 and ${name}; $$ is a dollar sign; unknown groups are empty.
void expand(std::string& out, std::string_view replacement,
            const std::vector<std::string_view>& groups, const std::vector<std::string>& names) {
  while (!replacement.empty()) {
    const auto dollar = std::min(replacement.find('$'), replacement.size());
    out += replacement.substr(0, dollar);
    replacement.remove_prefix(dollar);
    if (replacement.empty()) return;
    replacement.remove_prefix(1);
    if (replacement.starts_with('$')) {
      out += '$';
      replacement.remove_prefix(1);
    } else if (const auto name = take_reference(replacement)) {
      const std::size_t i = group_index(names, *name);
      if (i < groups.size()) out += groups[i];
    } else {
      out += '$';
    }
  }
}

}  // namespace

struct Regex::Impl {
  Impl(std::string_view pattern, Anchor a)
      : text(pattern),
        anchor(a == Anchor::both ? RE2::ANCHOR_BOTH : RE2::UNANCHORED),
        words(literal_alternatives(pattern)),
        re(re2::StringPiece(pattern.data(), pattern.size()), options()) {}

  bool match(std::string_view subject, std::size_t from,
             std::vector<std::string_view>& groups) const {
    std::vector<re2::StringPiece> pieces(names.size());
    if (!re.Match(re2::StringPiece(subject.data(), subject.size()), from, subject.size(), anchor,
                  pieces.data(), static_cast<int>(pieces.size())))
      return false;
    groups.resize(pieces.size());
    std::transform(pieces.begin(), pieces.end(), groups.begin(), [](const re2::StringPiece& p) {
      return p.data() == nullptr ? std::string_view() : std::string_view(p.data(), p.size());
    });
    return true;
  }

  std::string text;
  RE2::Anchor anchor;
  std::optional<std::vector<std::string>> words;
  RE2 re;
  std::vector<std::string> names;
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::~Regex() = default;

Result<std::shared_ptr<const Regex>> Regex::compile(std::string_view pattern, Anchor anchor) {
  if (pattern.size() > max_pattern_bytes)
    return bad_pattern(pattern, "longer than " + std::to_string(max_pattern_bytes) + " bytes");
  auto impl = std::make_unique<Impl>(pattern, anchor);
  if (!impl->re.ok()) return bad_pattern(pattern, impl->re.error());
  impl->names.resize(static_cast<std::size_t>(impl->re.NumberOfCapturingGroups()) + 1);
  for (const auto& [index, name] : impl->re.CapturingGroupNames())
    impl->names[static_cast<std::size_t>(index)] = name;
  return std::shared_ptr<const Regex>(new Regex(std::move(impl)));
}

bool Regex::matches(std::string_view text) const {
  if (!impl_->words)
    return impl_->re.Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                           impl_->anchor, nullptr, 0);
  const bool whole = impl_->anchor == RE2::ANCHOR_BOTH;
  return std::any_of(impl_->words->begin(), impl_->words->end(), [&](const std::string& word) {
    return whole ? text == word : contains(text, word);
  });
}

bool Regex::capture(std::string_view text, std::vector<std::string_view>& groups) const {
  return impl_->match(text, 0, groups);
}

const std::vector<std::string>& Regex::group_names() const {
  return impl_->names;
}
const std::string& Regex::pattern() const {
  return impl_->text;
}

// Go's rule for empty matches: one that touches the end of the match before it is not replaced.
std::string Regex::replace_all(std::string_view text, std::string_view replacement) const {
  std::string out;
  std::vector<std::string_view> groups;
  std::size_t copied = 0;
  std::size_t from = 0;
  while (from <= text.size() && impl_->match(text, from, groups)) {
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    const auto end = begin + groups[0].size();
    out += text.substr(copied, begin - copied);
    if (end > copied || begin == 0) expand(out, replacement, groups, impl_->names);
    copied = end;
    from = end > from ? end : from + 1;
  }
  out += text.substr(copied);
  return out;
}

}  // namespace sluice::query
