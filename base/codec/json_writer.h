// JsonWriter: append-only JSON for hot responses. Commas are its business, structure is yours.
//
//   JsonWriter w;
//   w.begin_object().key("status").string("success").key("n").number(3).end_object();
//
// Strings are escaped; invalid UTF-8 is replaced by U+FFFD, so the output is always valid JSON
// (Loki does the same). Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view value);
  JsonWriter& number(double value);         // shortest that reads back; NaN and ±Inf become null
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& number(int value) { return number(static_cast<std::int64_t>(value)); }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view json);   // a value already encoded

  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }

 private:
  JsonWriter& open(char c);
  JsonWriter& close(char c);
  void separate();

  std::string out_;
  bool need_comma_ = false;
};

// "text" with quotes and escapes, as JsonWriter::string writes it.
void append_json_string(std::string& out, std::string_view text);

// A sample value the way Prometheus prints it in JSON strings and text: "1", "0.5", "NaN", "+Inf".
std::string format_sample_value(double value);

}  // namespace sluice
