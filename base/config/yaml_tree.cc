#include "base/config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace sluice {

namespace {

constexpr std::size_t max_depth = 64;
// A "billion laughs" file is a few short lines; what its aliases stand for is what counts.
constexpr std::size_t max_alias_nodes = 1'000;

YamlPosition position_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Turns the parser's events into values. Throws YAML::ParserException to stop the parser.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const YamlExpand& expand) : expand_(expand) {}

  YamlTree take() { return std::move(tree_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, make(mark, YamlValue::Kind::null, anchor));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    auto value = make(mark, YamlValue::Kind::scalar, anchor);
    value->scalar = text;
    if (!expects_key() && expand_) expand(*value, tag == "?");
    add(mark, std::move(value));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto& target = anchors_[anchor];
    if (!target) throw YAML::ParserException(mark, "unknown alias");
    if (is_open(target)) throw YAML::ParserException(mark, "an alias may not contain itself");
    alias_nodes_ += target->nodes;
    if (alias_nodes_ > max_alias_nodes)
      throw YAML::ParserException(mark, "aliases stand for more than 1000 nodes");
    add(mark, target);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, make(mark, YamlValue::Kind::list, anchor));
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, make(mark, YamlValue::Kind::map, anchor));
  }
  void OnMapEnd() override { close(); }

 private:
  // A list or map whose end has not been seen. In a map, key and value alternate.
  struct Open {
    std::shared_ptr<YamlValue> value;
    std::set<std::string> keys;
    bool have_key = false;
    bool duplicate = false;
  };

  std::shared_ptr<YamlValue> make(const YAML::Mark& mark, YamlValue::Kind kind,
                                  YAML::anchor_t anchor) {
    auto value = std::make_shared<YamlValue>();
    value->kind = kind;
    value->position = position_of(mark);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = value;
    return value;
  }

  bool expects_key() const {
    return !open_.empty() && open_.back().value->kind == YamlValue::Kind::map &&
           !open_.back().have_key;
  }

  bool is_open(const std::shared_ptr<YamlValue>& value) const {
    return std::any_of(open_.begin(), open_.end(), [&](const Open& o) { return o.value == value; });
  }

  void expand(YamlValue& value, bool plain) {
    auto expanded = expand_(value.scalar);
    if (!expanded) {
      tree_.problems.push_back({value.position, expanded.error().message});
      return;
    }
    // `port: ${PORT:-}` is a key without a value, as it would be without the variable.
    if (plain && expanded->empty()) value.kind = YamlValue::Kind::null;
    value.scalar = std::move(*expanded);
  }

  void open(const YAML::Mark& mark, std::shared_ptr<YamlValue> value) {
    if (expects_key()) throw YAML::ParserException(mark, "a key must be a plain word");
    if (open_.size() >= max_depth) throw YAML::ParserException(mark, "nested more than 64 deep");
    open_.push_back({.value = std::move(value), .keys = {}});
  }

  void close() {
    auto value = std::move(open_.back().value);
    open_.pop_back();
    attach(std::move(value));
  }

  void add(const YAML::Mark& mark, std::shared_ptr<YamlValue> value) {
    if (!expects_key()) return attach(std::move(value));
    if (value->kind != YamlValue::Kind::scalar)
      throw YAML::ParserException(mark, "a key must be a plain word");
    add_key(position_of(mark), value->scalar);
  }

  void add_key(YamlPosition position, const std::string& key) {
    Open& map = open_.back();
    map.have_key = true;
    map.duplicate = !map.keys.insert(key).second;
    if (map.duplicate)
      tree_.problems.push_back({position, "key \"" + key + "\" stands twice in this map"});
    else
      map.value->members.push_back({key, position, nullptr});
  }

  void attach(std::shared_ptr<YamlValue> value) {
    if (open_.empty()) {
      tree_.root = std::move(value);
      return;
    }
    Open& parent = open_.back();
    parent.value->nodes += value->nodes;
    if (parent.value->kind == YamlValue::Kind::list) {
      parent.value->items.push_back(std::move(value));
      return;
    }
    if (!parent.duplicate) parent.value->members.back().value = std::move(value);
    parent.have_key = false;
    parent.duplicate = false;
  }

  const YamlExpand& expand_;
  YamlTree tree_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::shared_ptr<YamlValue>> anchors_;
  std::size_t alias_nodes_ = 0;
};

}  // namespace

const YamlValue::Member* YamlValue::find(std::string_view key) const {
  for (const Member& member : members)
    if (member.key == key) return &member;
  return nullptr;
}

boost::system::result<YamlTree, YamlProblem> parse_yaml_tree(const std::string& text,
                                                             const YamlExpand& expand) {
  TreeBuilder builder(expand);
  // yaml-cpp 0.7 takes the end of the file for a missing closing quote; an explicit end of the
  // document makes that the error it is.
  std::istringstream stream(text + (text.ends_with('\n') ? "...\n" : "\n...\n"));
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    TreeBuilder rest(expand);
    if (parser.HandleNextDocument(rest)) {
      const auto second = rest.take().root;
      const YamlPosition position = second ? second->position : YamlPosition{};
      return YamlProblem{position, "a second document begins here"};
    }
  } catch (const YAML::Exception& e) {
    return YamlProblem{position_of(e.mark), e.msg};
  }
  YamlTree tree = builder.take();
  if (!tree.root) tree.root = std::make_shared<YamlValue>();
  return tree;
}

}  // namespace sluice
