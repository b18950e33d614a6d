#include "base/config/yaml.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "base/config/env.h"
#include "base/config/units.h"
#include "base/config/yaml_tree.h"

namespace sluice {

namespace {

constexpr std::size_t max_file_bytes = 4 * 1024 * 1024;

// Edits (insert, delete, replace) that turn one word into the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

// The known key nearest to `key`, or "" when none is near enough to be meant.
std::string_view nearest(std::string_view key, const std::set<std::string, std::less<>>& known) {
  if (key.size() > 64) return {};
  std::string_view best;
  // A third of the word may differ, but not all of it.
  std::size_t best_distance = std::min(key.size(), std::max<std::size_t>(1, key.size() / 3) + 1);
  for (const std::string& candidate : known) {
    if (candidate.size() > 64) continue;
    const std::size_t distance = edit_distance(key, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string_view kind_name(YamlValue::Kind kind) {
  switch (kind) {
    case YamlValue::Kind::null: return "nothing";
    case YamlValue::Kind::scalar: return "a single value";
    case YamlValue::Kind::list: return "a list";
    case YamlValue::Kind::map: return "a map";
  }
  return "nothing";
}

std::string quoted(std::string_view key) { return "\"" + std::string(key) + "\""; }

Result<std::string> read_bounded(const std::string& path) {
  const auto os_error = [&](int number) {
    return Error{number == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                 path + ": " + std::strerror(number)};
  };
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return os_error(errno);
  std::string text;
  std::array<char, 65536> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    text.append(buffer.data(), n);
    if (text.size() > max_file_bytes) break;
  }
  if (std::ferror(file.get()) != 0) return os_error(errno);
  return text;
}

}  // namespace

struct YamlDocument::Impl {
  std::string name;
  YamlTree tree;

  std::string where(YamlPosition p) const {
    return name + ":" + std::to_string(p.line) + ":" + std::to_string(p.column);
  }
  void report(YamlPosition position, std::string message) {
    tree.problems.push_back({position, std::move(message)});
  }
  void report_unknown_keys(const YamlValue& value);
  void report_unknown_keys_of(const YamlValue& map);
};

struct YamlNode::Impl {
  std::shared_ptr<YamlDocument::Impl> document;
  std::shared_ptr<YamlValue> value;  // empty for a missing section
  YamlPosition position;             // of the nearest thing that is in the file

  static YamlNode make(std::shared_ptr<YamlDocument::Impl> document,
                       std::shared_ptr<YamlValue> value, YamlPosition position);
  // The value under `key`, which counts as known from now on; null when absent or empty.
  std::shared_ptr<YamlValue> ask(std::string_view key) const;
  // The same for keys that hold one kind; another kind is reported and counts as absent.
  std::shared_ptr<YamlValue> ask(std::string_view key, YamlValue::Kind kind) const;
  // Applies `parse` to the scalar under `key`; reports its error and falls back.
  template <class T, class Parse>
  T typed(std::string_view key, T fallback, Parse parse) const;
};

YamlNode YamlNode::Impl::make(std::shared_ptr<YamlDocument::Impl> document,
                              std::shared_ptr<YamlValue> value, YamlPosition position) {
  if (value) value->opened = true;
  YamlNode node;
  node.impl_ = std::make_shared<Impl>(Impl{std::move(document), std::move(value), position});
  return node;
}

std::shared_ptr<YamlValue> YamlNode::Impl::ask(std::string_view key) const {
  if (!value || value->kind != YamlValue::Kind::map) return nullptr;
  value->asked.emplace(key);
  const YamlValue::Member* member = value->find(key);
  if (member == nullptr || member->value->kind == YamlValue::Kind::null) return nullptr;
  return member->value;
}

std::shared_ptr<YamlValue> YamlNode::Impl::ask(std::string_view key, YamlValue::Kind kind) const {
  auto found = ask(key);
  if (!found || found->kind == kind) return found;
  document->report(found->position, quoted(key) + " must be " + std::string(kind_name(kind)) +
                                        ", not " + std::string(kind_name(found->kind)));
  return nullptr;
}

template <class T, class Parse>
T YamlNode::Impl::typed(std::string_view key, T fallback, Parse parse) const {
  const auto found = ask(key, YamlValue::Kind::scalar);
  if (!found) return fallback;
  Result<T> parsed = parse(found->scalar);
  if (parsed) return *parsed;
  document->report(found->position, quoted(key) + ": " + parsed.error().message);
  return fallback;
}

bool YamlNode::present() const {
  return impl_->value && impl_->value->kind != YamlValue::Kind::null;
}
bool YamlNode::is_map() const { return present() && impl_->value->kind == YamlValue::Kind::map; }
bool YamlNode::is_list() const { return present() && impl_->value->kind == YamlValue::Kind::list; }
bool YamlNode::is_scalar() const {
  return present() && impl_->value->kind == YamlValue::Kind::scalar;
}
std::string YamlNode::where() const { return impl_->document->where(impl_->position); }

YamlNode YamlNode::section(std::string_view key) {
  auto found = impl_->ask(key, YamlValue::Kind::map);
  const YamlPosition position = found ? found->position : impl_->position;
  return Impl::make(impl_->document, std::move(found), position);
}

std::vector<YamlNode> YamlNode::list(std::string_view key) {
  auto found = impl_->ask(key, YamlValue::Kind::list);
  if (!found) return {};
  return Impl::make(impl_->document, found, found->position).items();
}

std::vector<std::pair<std::string, YamlNode>> YamlNode::entries() {
  std::vector<std::pair<std::string, YamlNode>> out;
  if (!present()) return out;
  if (!is_map()) {
    error("must be a map, not " + std::string(kind_name(impl_->value->kind)));
    return out;
  }
  for (const auto& member : impl_->value->members) {
    impl_->value->asked.insert(member.key);
    const bool null = member.value->kind == YamlValue::Kind::null;
    out.emplace_back(member.key, Impl::make(impl_->document, member.value,
                                            null ? member.position : member.value->position));
  }
  return out;
}

std::vector<YamlNode> YamlNode::items() {
  std::vector<YamlNode> out;
  if (!present()) return out;
  if (!is_list()) {
    error("must be a list, not " + std::string(kind_name(impl_->value->kind)));
    return out;
  }
  for (const auto& item : impl_->value->items)
    out.push_back(Impl::make(impl_->document, item, item->position));
  return out;
}

std::string YamlNode::string(std::string_view key, std::string_view fallback) {
  return impl_->typed(key, std::string(fallback),
                      [](const std::string& text) -> Result<std::string> { return text; });
}

std::vector<std::string> YamlNode::strings(std::string_view key) {
  std::vector<std::string> out;
  for (YamlNode& item : list(key)) out.push_back(item.text());
  return out;
}

std::int64_t YamlNode::integer(std::string_view key, std::int64_t fallback, std::int64_t min,
                               std::int64_t max) {
  return impl_->typed(key, fallback, [&](const std::string& text) -> Result<std::int64_t> {
    std::int64_t n = 0;
    const char* last = text.data() + text.size();
    const auto [end, ec] = std::from_chars(text.data(), last, n);
    if (ec == std::errc{} && end == last && n >= min && n <= max) return n;
    return invalid_argument("expected a whole number from " + std::to_string(min) + " to " +
                            std::to_string(max) + ", not " + quoted(text));
  });
}

double YamlNode::number(std::string_view key, double fallback) {
  return impl_->typed(key, fallback, [](const std::string& text) -> Result<double> {
    double n = 0;
    const char* last = text.data() + text.size();
    const auto [end, ec] = std::from_chars(text.data(), last, n);
    if (ec == std::errc{} && end == last && std::isfinite(n)) return n;
    return invalid_argument("expected a number, not " + quoted(text));
  });
}

bool YamlNode::boolean(std::string_view key, bool fallback) {
  return impl_->typed(key, fallback, [](const std::string& text) -> Result<bool> {
    if (text == "true") return true;
    if (text == "false") return false;
    return invalid_argument("expected true or false, not " + quoted(text));
  });
}

Duration YamlNode::duration(std::string_view key, Duration fallback) {
  return impl_->typed(key, fallback,
                      [](const std::string& text) { return parse_config_duration(text); });
}

std::uint64_t YamlNode::bytes(std::string_view key, std::uint64_t fallback) {
  return impl_->typed(key, fallback, [](const std::string& text) { return parse_bytes(text); });
}

bool YamlNode::has(std::string_view key) const { return impl_->ask(key) != nullptr; }

std::string YamlNode::text() {
  if (is_scalar()) return impl_->value->scalar;
  error("must be a single value, not " +
        std::string(kind_name(impl_->value ? impl_->value->kind : YamlValue::Kind::null)));
  return {};
}

void YamlNode::error(std::string_view message) {
  impl_->document->report(impl_->position, std::string(message));
}

void YamlNode::error_at(std::string_view key, std::string_view message) {
  const YamlValue::Member* member = impl_->value ? impl_->value->find(key) : nullptr;
  impl_->document->report(member != nullptr ? member->position : impl_->position,
                          quoted(key) + ": " + std::string(message));
}

void YamlDocument::Impl::report_unknown_keys_of(const YamlValue& map) {
  for (const YamlValue::Member& member : map.members) {
    if (map.asked.contains(member.key)) {
      report_unknown_keys(*member.value);
      continue;
    }
    std::string message = "unknown key " + quoted(member.key);
    const std::string_view meant = nearest(member.key, map.asked);
    if (!meant.empty()) message += "; did you mean " + quoted(meant) + "?";
    report(member.position, std::move(message));
  }
}

// Values nobody opened are leaves to their reader (a scalar, or reported as the wrong kind).
void YamlDocument::Impl::report_unknown_keys(const YamlValue& value) {
  if (!value.opened) return;
  if (value.kind == YamlValue::Kind::map) report_unknown_keys_of(value);
  for (const auto& item : value.items) report_unknown_keys(*item);
}

Result<YamlDocument> YamlDocument::load_file(const std::string& path) {
  SLUICE_TRY(std::string text, read_bounded(path));
  return parse(std::move(text), path);
}

Result<YamlDocument> YamlDocument::parse(std::string text, std::string name, bool expand) {
  if (text.size() > max_file_bytes)
    return Error{ErrorCode::too_large, name + ": configuration files may have at most 4 MiB"};
  YamlExpand expansion;
  if (expand) expansion = [](std::string_view scalar) { return expand_env(scalar); };
  YamlDocument document;
  document.impl_ = std::make_shared<Impl>();
  document.impl_->name = std::move(name);
  auto tree = parse_yaml_tree(text, expansion);
  if (!tree)
    return Error{ErrorCode::parse,
                 document.impl_->where(tree.error().position) + ": " + tree.error().message};
  document.impl_->tree = std::move(*tree);
  return document;
}

YamlNode YamlDocument::root() {
  const auto& root = impl_->tree.root;
  if (root->kind == YamlValue::Kind::scalar)
    impl_->report(root->position, "the document must be a map or a list, not a single value");
  return YamlNode::Impl::make(impl_, root, root->position);
}

Result<void> YamlDocument::finish() {
  impl_->report_unknown_keys(*impl_->tree.root);
  auto& problems = impl_->tree.problems;
  if (problems.empty()) return {};
  std::sort(problems.begin(), problems.end());
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
  std::string message;
  for (const YamlProblem& problem : problems) {
    if (!message.empty()) message += '\n';
    message += impl_->where(problem.position) + ": " + problem.message;
  }
  return invalid_argument(std::move(message));
}

}  // namespace sluice
