// Strict YAML reading: every key known, every error with file:line:col.
//
// A YamlReader walks one document. Sections are read by asking for keys; finish() reports keys that
// nobody asked for (misspelt ones), with a suggestion when one is near. Errors are collected, so a
// user sees all of them at once. ${ENV} and ${ENV:-default} are expanded in the text of scalars
// before typing; $$ is a dollar sign. Bounds: 4 MiB, depth 64, no aliases past 1,000 nodes.
//
//   SLUICE_TRY(auto doc, YamlDocument::load_file(path));
//   YamlNode root = doc.root();
//   YamlNode http = root.section("http");
//   options.listen = http.string("listen", options.listen);
//   options.idle = http.duration("idle_timeout", options.idle);
//   for (YamlNode token : http.list("tokens")) ...
//   SLUICE_CHECK(doc.finish());
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice {

class YamlDocument;

// A view of one node; belongs to its document. Missing sections give empty nodes whose getters
// return the fallbacks.
class YamlNode {
 public:
  bool present() const;
  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;
  std::string where() const;  // file:line:col

  YamlNode section(std::string_view key);            // a map
  std::vector<YamlNode> list(std::string_view key);  // a list's items
  // Of this map, in file order; all count as known.
  std::vector<std::pair<std::string, YamlNode>> entries();
  std::vector<YamlNode> items();                     // of this list
  std::string string(std::string_view key, std::string_view fallback = {});
  std::vector<std::string> strings(std::string_view key);    // a list of scalars
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t min,
                       std::int64_t max);
  double number(std::string_view key, double fallback);
  bool boolean(std::string_view key, bool fallback);
  Duration duration(std::string_view key, Duration fallback);      // 1h30m
  std::uint64_t bytes(std::string_view key, std::uint64_t fallback);  // 64MiB, 1GB, 512
  bool has(std::string_view key) const;
  std::string text();                                // this scalar
  // Reports a problem at this node (or at its key) in the document's error list.
  void error(std::string_view message);
  void error_at(std::string_view key, std::string_view message);

 private:
  friend class YamlDocument;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

class YamlDocument {
 public:
  static Result<YamlDocument> load_file(const std::string& path);
  // `expand_env` is off for rule files: their $ belongs to templates.
  static Result<YamlDocument> parse(std::string text, std::string name, bool expand_env = true);
  YamlNode root();
  // Error(invalid_argument) with every problem found, one per line: file:line:col: message.
  Result<void> finish();

 private:
  friend class YamlNode;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sluice
