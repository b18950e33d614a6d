// JsonDocument: reads one line as JSON for the stages json and unpack. simdjson On-Demand inside.
//
// As lenient as Loki: text behind the object is ignored, bytes that are not UTF-8 read as spaces,
// and of a document that breaks off (a line cut by a size limit) everything before the break is
// delivered, together with the error. Buffers are reused; one thread.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "query/logql/json_path.h"

namespace sluice::query::logql {

struct JsonField {
  std::string_view name;   // sanitised, parents joined by '_'; valid during the call only
  std::string_view value;  // valid until the document reads the next line
  bool string = false;     // else a number or a boolean
  bool nested = false;     // in an object inside the object
};

class JsonFieldSink {
 public:
  virtual ~JsonFieldSink() = default;
  virtual void field(const JsonField& field) = 0;
};

class JsonDocument {
 public:
  JsonDocument();
  ~JsonDocument();

  // Every scalar of the object; arrays and nulls are left out. Returns the error, "" if none.
  std::string_view flatten(std::string_view line, JsonFieldSink& sink);
  // The value at each path: strings unescaped, objects and arrays as their JSON text, "" if missing
  // or null. Returns the error, "" if none.
  std::string_view extract(std::string_view line, const std::vector<JsonPath>& paths,
                           std::vector<std::string_view>& values);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::query::logql
