// YamlTree: a parsed YAML document as plain values with positions, before anybody asks it anything.
//
// Built from yaml-cpp's events rather than its Node: events give the position of keys, let bounds
// stop the parser in the middle, and show duplicate keys, which Node merges silently. Shared by
// yaml.cc (the reader); nobody else needs it. Aliases share the anchored value.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"

namespace sluice {

// One-based, as editors count.
struct YamlPosition {
  int line = 1;
  int column = 1;
  friend auto operator<=>(const YamlPosition&, const YamlPosition&) = default;
};

struct YamlProblem {
  YamlPosition position;
  std::string message;
  friend auto operator<=>(const YamlProblem&, const YamlProblem&) = default;
};

struct YamlValue {
  enum class Kind { null, scalar, list, map };
  struct Member {
    std::string key;
    YamlPosition position;
    std::shared_ptr<YamlValue> value;
  };

  Kind kind = Kind::null;
  YamlPosition position;
  std::string scalar;
  std::vector<std::shared_ptr<YamlValue>> items;  // of a list
  std::vector<Member> members;                    // of a map, in file order
  std::size_t nodes = 1;                          // this value and everything below it

  // Kept by the reader: whether anybody looked at this value, and which keys were asked for.
  bool opened = false;
  std::set<std::string, std::less<>> asked;

  const Member* find(std::string_view key) const;
};

struct YamlTree {
  std::shared_ptr<YamlValue> root;
  std::vector<YamlProblem> problems;  // duplicate keys, unset variables: reported with the rest
};

// `expand` is applied to every scalar that is not a key; empty means leave the text alone.
// Errors are a single problem that stops the parser (syntax, a bound).
using YamlExpand = std::function<Result<std::string>(std::string_view)>;
boost::system::result<YamlTree, YamlProblem> parse_yaml_tree(const std::string& text,
                                                             const YamlExpand& expand);

}  // namespace sluice
