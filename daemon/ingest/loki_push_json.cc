#include "daemon/ingest/loki_push_json.h"

#include <simdjson.h>

#include <charconv>
#include <mutex>

namespace sluice::ingest {

namespace {

using simdjson::ondemand::array;
using simdjson::ondemand::object;
using simdjson::ondemand::value;

// Where in the document we are, for messages: streams[2].values[7].
struct Place {
  std::size_t stream = 0;
  std::size_t entry = 0;
  const char* list = nullptr;  // "values" or "entries" once inside it

  std::string text() const {
    std::string out = "streams[" + std::to_string(stream) + "]";
    if (list) out += std::string(".") + list + "[" + std::to_string(entry) + "]";
    return out;
  }
};

Error bad(const Place& place, std::string_view what) {
  return invalid_argument("push: " + place.text() + ": " + std::string(what));
}

Error bad_json(simdjson::error_code code) {
  return invalid_argument("push: not valid JSON: " + std::string(simdjson::error_message(code)));
}

// The value, or an Error: of the JSON itself if that is what is wrong, else `what`.
template <class T, class From>
Result<T> expect(From&& from, const Place& place, std::string_view what) {
  T out;
  const auto code = from.get(out);
  if (code == simdjson::SUCCESS) return out;
  if (code == simdjson::INCORRECT_TYPE || code == simdjson::INDEX_OUT_OF_BOUNDS)
    return bad(place, what);
  return bad(place, std::string(what) + " (" + simdjson::error_message(code) + ")");
}

Result<std::string> string_of(value v, const Place& place, std::string_view what) {
  SLUICE_TRY(const auto text, expect<std::string_view>(v, place, what));
  return std::string(text);
}

Result<LabelSet> read_string_map(object map, const Place& place, const std::string& what) {
  std::vector<Label> labels;
  for (auto item : map) {
    simdjson::ondemand::field field;
    if (const auto code = std::move(item).get(field)) return bad_json(code);
    std::string_view name;
    if (const auto code = field.unescaped_key().get(name)) return bad_json(code);
    std::string key(name);
    SLUICE_TRY(auto text,
               string_of(field.value(), place, what + " \"" + key + "\" must be a string"));
    labels.push_back({std::move(key), std::move(text)});
  }
  return LabelSet::from(std::move(labels));
}

Result<Timestamp> parse_nanoseconds(std::string_view text, const Place& place) {
  std::int64_t ns = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), ns);
  if (ec != std::errc() || end != text.data() + text.size())
    return bad(place, "timestamp \"" + std::string(text.substr(0, 64)) +
                          "\" is not a number of nanoseconds");
  return from_unix_ns(ns);
}

// [ts, line] or [ts, line, {metadata}]
Result<PushEntry> read_value(array parts, const Place& place) {
  PushEntry entry;
  std::size_t index = 0;
  for (auto item : parts) {
    value part;
    if (const auto code = std::move(item).get(part)) return bad_json(code);
    if (index == 0) {
      SLUICE_TRY(const auto text,
                 expect<std::string_view>(part, place, "the timestamp must be a string"));
      SLUICE_TRY(entry.timestamp, parse_nanoseconds(text, place));
    } else if (index == 1) {
      SLUICE_TRY(entry.line, expect<std::string_view>(part, place, "the line must be a string"));
    } else if (index == 2) {
      SLUICE_TRY(auto map, expect<object>(part, place, "structured metadata must be an object"));
      SLUICE_TRY(entry.metadata, read_string_map(map, place, "structured metadata"));
    }
    ++index;
  }
  if (index < 2 || index > 3)
    return bad(place, "a value is [timestamp, line] or [timestamp, line, metadata], not " +
                          std::to_string(index) + " items");
  return entry;
}

// {"ts": RFC 3339, "line": ..., "structuredMetadata": {...}}: the legacy form.
Result<PushEntry> read_legacy_entry(object fields, const Place& place) {
  PushEntry entry;
  bool timed = false;
  for (auto item : fields) {
    simdjson::ondemand::field field;
    if (const auto code = std::move(item).get(field)) return bad_json(code);
    const auto key = field.key();
    if (key == "ts" || key == "timestamp") {
      SLUICE_TRY(const auto text, string_of(field.value(), place, "ts must be a string"));
      auto timestamp = parse_rfc3339(text);
      if (!timestamp) return bad(place, "ts \"" + text.substr(0, 64) + "\" is not RFC 3339");
      entry.timestamp = *timestamp;
      timed = true;
    } else if (key == "line") {
      SLUICE_TRY(entry.line,
                 expect<std::string_view>(field.value(), place, "line must be a string"));
    } else if (key == "structuredMetadata") {
      SLUICE_TRY(auto map, expect<object>(field.value(), place, "metadata must be an object"));
      SLUICE_TRY(entry.metadata, read_string_map(map, place, "structured metadata"));
    }
  }
  if (!timed) return bad(place, "an entry needs ts");
  return entry;
}

// A list of entries in one of the two forms, and what is said when it is not.
struct ListForm {
  const char* name;
  const char* not_a_list;
  const char* not_an_item;
};
constexpr ListForm values_form{"values", "values must be an array", "a value must be an array"};
constexpr ListForm entries_form{"entries", "entries must be an array",
                                "an entry must be an object"};

template <class Item>
Result<void> read_list(value list, PushStream& stream, Place place, const ListForm& form,
                       Result<PushEntry> (*read)(Item, const Place&)) {
  SLUICE_TRY(auto items, expect<array>(list, place, form.not_a_list));
  place.list = form.name;
  for (auto item : items) {
    SLUICE_TRY(auto parts, expect<Item>(item, place, form.not_an_item));
    SLUICE_TRY(auto entry, read(parts, place));
    stream.entries.push_back(std::move(entry));
    ++place.entry;
  }
  return {};
}

Result<void> read_label_text(value text, PushStream& stream, const Place& place) {
  SLUICE_TRY(const auto labels, string_of(text, place, "labels must be a string"));
  auto parsed = parse_labels(labels);
  if (!parsed) return bad(place, parsed.error().message);
  stream.labels = std::move(*parsed);
  return {};
}

Result<PushStream> read_stream(object fields, const Place& place) {
  PushStream stream;
  for (auto item : fields) {
    simdjson::ondemand::field field;
    if (const auto code = std::move(item).get(field)) return bad_json(code);
    const auto key = field.key();
    if (key == "stream") {
      SLUICE_TRY(auto map, expect<object>(field.value(), place, "stream must be an object"));
      SLUICE_TRY(stream.labels, read_string_map(map, place, "label"));
    } else if (key == "values") {
      SLUICE_CHECK(read_list(field.value(), stream, place, values_form, read_value));
    } else if (key == "labels") {
      SLUICE_CHECK(read_label_text(field.value(), stream, place));
    } else if (key == "entries") {
      SLUICE_CHECK(read_list(field.value(), stream, place, entries_form, read_legacy_entry));
    }
  }
  return stream;
}

Result<std::vector<PushStream>> read_streams(value list) {
  array items;
  if (list.get(items) != simdjson::SUCCESS)
    return invalid_argument("push: \"streams\" must be an array");
  std::vector<PushStream> streams;
  Place place;
  for (auto item : items) {
    SLUICE_TRY(auto fields, expect<object>(item, place, "a stream must be an object"));
    SLUICE_TRY(auto stream, read_stream(fields, place));
    streams.push_back(std::move(stream));
    ++place.stream;
  }
  return streams;
}

Result<std::vector<PushStream>> read_document(simdjson::ondemand::document& document) {
  object root;
  if (const auto code = document.get_object().get(root)) {
    if (code == simdjson::INCORRECT_TYPE)
      return invalid_argument("push: the body must be a JSON object with \"streams\"");
    return bad_json(code);
  }
  std::optional<std::vector<PushStream>> streams;
  for (auto item : root) {
    simdjson::ondemand::field field;
    if (const auto code = std::move(item).get(field)) return bad_json(code);
    if (field.key() != "streams") continue;
    SLUICE_TRY(streams, read_streams(field.value()));
  }
  const char* rest = nullptr;  // found only if something is left
  if (document.current_location().get(rest) == simdjson::SUCCESS)
    return invalid_argument("push: not valid JSON: text after the object");
  if (!streams) return invalid_argument("push: the body has no \"streams\"");
  return std::move(*streams);
}

using Parser = simdjson::ondemand::parser;

// Parsers that are not in use. One keeps about six times the largest body it was given, so there
// are only as many as pushes are decoded at once, and none that large bodies have blown up. It must
// outlive all that it gave out: it is never destroyed.
class ParserPool {
 public:
  std::shared_ptr<Parser> take() {
    const std::lock_guard lock(mutex_);
    auto parser = idle_.empty() ? std::make_unique<Parser>() : std::move(idle_.back());
    if (!idle_.empty()) idle_.pop_back();
    return {parser.release(), [this](Parser* used) { give_back(std::unique_ptr<Parser>(used)); }};
  }

 private:
  static constexpr std::size_t kept = 4;
  static constexpr std::size_t kept_capacity = 4 << 20;

  void give_back(std::unique_ptr<Parser> parser) {
    if (parser->capacity() > kept_capacity) return;
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kept) idle_.push_back(std::move(parser));
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Parser>> idle_;  // protected by mutex_
};

ParserPool& parsers() {
  static auto* const pool = new ParserPool;
  return *pool;
}

}  // namespace

Result<JsonPush> decode_loki_json(std::string& body) {
  // Strings are unescaped into a buffer of the parser, and views of them stay until its next text.
  const auto parser = parsers().take();
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::document document;
  const auto code = parser->iterate(body.data(), body.size(), body.capacity()).get(document);
  if (code != simdjson::SUCCESS) return bad_json(code);
  SLUICE_TRY(auto streams, read_document(document));
  return JsonPush{std::move(streams), parser};
}

}  // namespace sluice::ingest
