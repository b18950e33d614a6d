#include "query/logql/json_document.h"

#include <simdjson.h>

#include <algorithm>
#include <string>

#include "base/types/labels.h"
#include "query/logql/line_labels.h"

namespace sluice::query::logql {

namespace od = simdjson::ondemand;
using simdjson::error_code;

namespace {

// Objects in objects; deeper ones are an error rather than a deep recursion.
constexpr int max_depth = 64;

std::string_view trim_end(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

bool begins_container(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (line[first] == '{' || line[first] == '[');
}

bool number_char(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// Replaces every byte that is not part of valid UTF-8 by a space.
void blank_invalid_utf8(char* text, std::size_t size) {
  std::size_t at = 0;
  while (at < size) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (length <= size - at && simdjson::validate_utf8(text + at, length)) {
      at += length;
    } else {
      text[at++] = ' ';
    }
  }
}

}  // namespace

struct JsonDocument::Impl {
  // Copies the line to where simdjson may read past its end, and opens it.
  error_code open(std::string_view line, std::string_view tail) {
    size = line.size();
    buffer.resize(size + tail.size() + simdjson::SIMDJSON_PADDING);
    std::copy(line.begin(), line.end(), buffer.begin());
    std::copy(tail.begin(), tail.end(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
    return iterate(size + tail.size());
  }

  error_code iterate(std::size_t length) {
    auto error = parser.iterate(buffer.data(), length, buffer.size()).get(document);
    if (error == simdjson::UTF8_ERROR) {
      blank_invalid_utf8(buffer.data(), length);
      error = parser.iterate(buffer.data(), length, buffer.size()).get(document);
    }
    return error;
  }

  // Opens the line's object. A document that breaks off, or is followed by other text, is closed by
  // force: `repaired` tells the walk that it may meet the seam.
  error_code open_object(std::string_view line, od::object& object) {
    repaired = false;
    auto error = open(line, "");
    if (error == simdjson::SUCCESS) error = document.get_object().get(object);
    if (error == simdjson::UNCLOSED_STRING) return reopen(line, "\"}", object);
    if (error == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) return reopen(line, "}", object);
    return error;
  }

  error_code reopen(std::string_view line, std::string_view tail, od::object& object) {
    repaired = true;
    const auto error = open(line, tail);
    return error == simdjson::SUCCESS ? document.get_object().get(object) : error;
  }

  bool beyond_line(const char* place) const { return place >= buffer.data() + size; }

  // After a repaired walk: did the object end within the line, with other text behind it?
  bool ended_in_line() {
    const char* place = nullptr;
    return document.current_location().get(place) == simdjson::SUCCESS && !beyond_line(place - 1);
  }

  error_code walk(od::object object, int depth, JsonFieldSink& sink) {
    if (depth > max_depth) return simdjson::DEPTH_ERROR;
    for (auto item : object) {
      od::field field;
      if (const auto error = std::move(item).get(field)) return error;
      std::string_view key;
      if (const auto error = field.unescaped_key().get(key)) return error;
      const std::size_t parent = name.size();
      if (parent > 0) name += '_';
      append_label_name(name, key);
      const bool named = name.size() > parent + (parent > 0 ? 1 : 0);
      const auto error = named ? value(field.value(), depth, sink) : simdjson::SUCCESS;
      name.resize(parent);
      if (error) return error;
    }
    return simdjson::SUCCESS;
  }

  error_code value(od::value value, int depth, JsonFieldSink& sink) {
    od::json_type type;
    if (const auto error = value.type().get(type)) return error;
    if (type == od::json_type::array || type == od::json_type::null) return simdjson::SUCCESS;
    if (type == od::json_type::object) {
      od::object object;
      if (const auto error = value.get_object().get(object)) return error;
      return walk(object, depth + 1, sink);
    }
    JsonField field{name, {}, type == od::json_type::string, depth > 0};
    if (const auto error = scalar(value, type, field.value)) return error;
    sink.field(field);
    return simdjson::SUCCESS;
  }

  error_code scalar(od::value value, od::json_type type, std::string_view& text) {
    const std::string_view token = value.raw_json_token();
    if (type == od::json_type::string) {
      // The closing quote is ours: the string broke off.
      if (repaired && beyond_line(trim_end(token).data() + trim_end(token).size() - 1))
        return simdjson::UNCLOSED_STRING;
      return value.get_string().get(text);
    }
    text = trim_end(token);
    if (type == od::json_type::number)
      return std::all_of(text.begin(), text.end(), number_char) ? simdjson::SUCCESS
                                                                : simdjson::NUMBER_ERROR;
    bool ignored = false;
    return value.get_bool().get(ignored);
  }

  error_code find(const JsonPath& path, std::string_view& text) {
    document.rewind();
    od::value value;
    for (std::size_t i = 0; i < path.size(); ++i) {
      const auto* key = std::get_if<std::string>(&path[i]);
      const auto* index = std::get_if<std::size_t>(&path[i]);
      od::value next;
      const auto error = i == 0 ? step(document, key, index, next) : step(value, key, index, next);
      if (error) return error;
      value = next;
    }
    return text_of(value, text);
  }

  // `from` is the document or a value in it.
  template <class From>
  static error_code step(From& from, const std::string* key, const std::size_t* index,
                         od::value& next) {
    if (key != nullptr) return from.find_field_unordered(*key).get(next);
    od::array array;
    if (const auto error = from.get_array().get(array)) return error;
    return element(array, *index, next);
  }

  // Not array.at(): of a damaged array that goes on past the error, out of the buffer.
  static error_code element(od::array& array, std::size_t index, od::value& next) {
    for (auto item : array) {
      if (const auto error = std::move(item).get(next)) return error;
      if (index-- == 0) return simdjson::SUCCESS;
    }
    return simdjson::INDEX_OUT_OF_BOUNDS;
  }

  error_code text_of(od::value& value, std::string_view& text) {
    od::json_type type;
    if (const auto error = value.type().get(type)) return error;
    if (type == od::json_type::null) return simdjson::SUCCESS;
    if (type == od::json_type::object || type == od::json_type::array)
      return simdjson::to_json_string(value).get(text);
    return scalar(value, type, text);
  }

  static bool missing(error_code error) {
    return error == simdjson::NO_SUCH_FIELD || error == simdjson::INDEX_OUT_OF_BOUNDS ||
           error == simdjson::INCORRECT_TYPE;
  }

  od::parser parser;
  od::document document;
  std::string buffer;
  std::size_t size = 0;  // of the line within the buffer
  bool repaired = false;
  std::string name;                // of the field being read
  std::vector<std::string> texts;  // of the paths
};

JsonDocument::JsonDocument() : impl_(std::make_unique<Impl>()) {}
JsonDocument::~JsonDocument() = default;

std::string_view JsonDocument::flatten(std::string_view line, JsonFieldSink& sink) {
  impl_->name.clear();
  od::object object;
  auto error = impl_->open_object(line, object);
  if (error == simdjson::SUCCESS) error = impl_->walk(object, 0, sink);
  if (error == simdjson::SUCCESS && impl_->repaired && !impl_->ended_in_line())
    return "the object is not closed";
  return error == simdjson::SUCCESS ? std::string_view() : simdjson::error_message(error);
}

std::string_view JsonDocument::extract(std::string_view line, const std::vector<JsonPath>& paths,
                                       std::vector<std::string_view>& values) {
  values.assign(paths.size(), {});
  impl_->repaired = false;
  if (!begins_container(line)) return "the line is not a JSON object";
  if (const auto error = impl_->open(line, "")) return simdjson::error_message(error);
  impl_->texts.resize(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto error = impl_->find(paths[i], values[i]);
    // Rewinding for the next path reuses the parser's memory for strings.
    impl_->texts[i] = values[i];
    values[i] = impl_->texts[i];
    if (error != simdjson::SUCCESS && !Impl::missing(error)) return simdjson::error_message(error);
  }
  return {};
}

}  // namespace sluice::query::logql
