// Remote write 2.0: the same as 1.0 with a table of symbols, and metadata beside each series.
#include <array>
#include <unordered_map>

#include "daemon/ingest/flat_series.h"
#include "daemon/ingest/flat_write.h"

namespace sluice::ingest {

namespace {

constexpr std::array<const char*, 8> type_names = {
    "unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"};

// What stands for a string that is not in the table; the write is then refused.
class Symbols {
 public:
  void add(protozero::data_view text, DecodeBudget& budget) {
    budget.take_element<std::string_view>();
    texts_.emplace_back(text.data(), text.size());
  }
  bool has(std::uint32_t reference) const { return reference < texts_.size(); }
  // There.
  std::string_view view(std::uint32_t reference) const { return texts_[reference]; }
  std::size_t size_at(std::uint32_t reference) const {
    return reference < texts_.size() ? texts_[reference].size() : 0;
  }
  std::string at(std::uint32_t reference) {
    if (reference < texts_.size()) return std::string(texts_[reference]);
    missing_ = true;
    return {};
  }
  bool missing() const { return missing_; }
  void miss() { missing_ = true; }

 private:
  std::vector<std::string_view> texts_;
  bool missing_ = false;
};

struct FamilyFields {
  std::uint32_t type = 0;
  std::uint32_t help = 0;
  std::uint32_t unit = 0;
  friend bool operator==(const FamilyFields&, const FamilyFields&) = default;
};

// What was last told of each family: most series repeat it.
class KnownFamilies {
 public:
  // False: it was told already. Charges what it keeps.
  bool tell(std::string_view family, const FamilyFields& fields, DecodeBudget& budget) {
    auto known = families_.find(family);
    if (known != families_.end() && known->second == fields) return false;
    if (known == families_.end()) {
      budget.take_bytes(node_bytes + family.size());
      known = families_.try_emplace(std::string(family)).first;
    }
    known->second = fields;
    return true;
  }

 private:
  static constexpr std::size_t node_bytes = 96;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::unordered_map<std::string, FamilyFields, Hash, std::equal_to<>> families_;
};

FamilyFields read_family(protozero::pbf_reader reader) {
  FamilyFields fields;
  while (reader.next()) {
    if (is_field(reader, 1, as_varint))
      fields.type = static_cast<std::uint32_t>(reader.get_enum());
    else if (is_field(reader, 3, as_varint))
      fields.help = reader.get_uint32();
    else if (is_field(reader, 4, as_varint))
      fields.unit = reader.get_uint32();
    else
      reader.skip();
  }
  return fields;
}

void read_references(protozero::pbf_reader& reader, std::vector<std::uint32_t>& into,
                     DecodeBudget& budget) {
  budget.take_element<std::uint32_t>();
  if (reader.wire_type() == as_varint) return into.push_back(reader.get_uint32());
  if (reader.wire_type() != as_bytes) throw protozero::unknown_pbf_wire_type_exception{};
  const auto references = reader.get_packed_uint32();
  budget.take_bytes(sizeof(std::uint32_t) * references.size());
  into.insert(into.end(), references.begin(), references.end());
}

// Series of classic histograms and summaries belong to the family without the suffix.
std::string_view family_of(std::string_view name, std::string_view type) {
  if (type != "histogram" && type != "summary" && type != "gaugehistogram") return name;
  for (const std::string_view suffix : {"_bucket", "_count", "_sum"})
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  return name;
}

struct StatedLabel {
  std::string_view name;
  std::string_view value;
};

bool states_type_or_unit(std::string_view label) {
  return label == metric_type_label || label == metric_unit_label;
}

const char* type_name(const FamilyFields& fields) {
  return type_names[fields.type < type_names.size() ? fields.type : 0];
}

class RequestReader {
 public:
  RequestReader(std::size_t body_bytes, const Limits& limits, Timestamp now)
      : budget_(body_bytes, limits),
        type_and_unit_labels_(limits.type_and_unit_labels),
        flat_(limits, now, budget_, write_.samples) {}
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  Result<FlatWrite> read(protozero::pbf_reader reader) {
    // The table comes first as senders write it, but need not.
    for (protozero::pbf_reader table = reader; table.next();) {
      if (is_field(table, 4, as_bytes))
        symbols_.add(table.get_view(), budget_);
      else
        table.skip();
    }
    while (reader.next()) {
      if (!is_field(reader, 5, as_bytes)) {
        reader.skip();
        continue;
      }
      const protozero::pbf_reader series(reader.get_message());
      if (!take_flat_series(series)) SLUICE_CHECK(read_series(series));
    }
    if (symbols_.missing()) return invalid_argument("remote write: a symbol is not in the table");
    return std::move(write_);
  }

 private:
  // False, and nothing taken, if the series has to go the long way.
  bool take_flat_series(protozero::pbf_reader reader) {
    flat_.begin();
    references_.clear();
    family_.reset();
    if (!read_flat_fields_2(reader) || !add_flat_labels()) {
      flat_.give_up();
      return false;
    }
    if (!flat_.finish()) return false;
    if (family_) add_metadata(flat_.metric_name(), *family_);
    return true;
  }
  bool read_flat_fields_2(protozero::pbf_reader& reader) {
    while (reader.next()) {
      if (reader.tag() == 1)
        read_references(reader, references_, budget_);
      else if (is_field(reader, 2, as_bytes)) {
        if (!flat_.add_sample(reader.get_message())) return false;
      } else if (is_field(reader, 3, as_bytes) || is_field(reader, 4, as_bytes))
        return false;
      else if (is_field(reader, 5, as_bytes))
        family_ = read_family(reader.get_message());
      else
        reader.skip();
    }
    return true;
  }
  // The store copies the texts of a series that is new to it, so they are charged.
  bool add_flat_labels() {
    if (references_.size() % 2 != 0) return false;
    const auto stated = family_ ? stated_labels(*family_) : std::vector<StatedLabel>{};
    auto next = stated.begin();
    for (std::size_t i = 0; i < references_.size(); i += 2) {
      if (!symbols_.has(references_[i]) || !symbols_.has(references_[i + 1])) return false;
      const std::string_view name = symbols_.view(references_[i]);
      const std::string_view value = symbols_.view(references_[i + 1]);
      if (!stated.empty() && states_type_or_unit(name)) continue;
      for (; next != stated.end() && next->name < name; ++next) add_flat_label(*next);
      add_flat_label({name, value});
    }
    for (; next != stated.end(); ++next) add_flat_label(*next);
    return true;
  }
  void add_flat_label(const StatedLabel& label) {
    budget_.take_bytes(label.name.size() + label.value.size());
    flat_.add_label(label.name, label.value);
  }
  Result<void> read_series(protozero::pbf_reader reader) {
    WrittenSeries series;
    std::vector<std::uint32_t> references;
    std::optional<FamilyFields> family;
    budget_.take_element<WrittenSeries>();
    while (reader.next()) {
      if (reader.tag() == 1)
        read_references(reader, references, budget_);
      else if (is_field(reader, 2, as_bytes))
        add_float_sample(reader.get_message(), series, budget_);
      else if (is_field(reader, 3, as_bytes))
        add_histogram_sample(reader.get_message(), series, budget_);
      else if (is_field(reader, 5, as_bytes))
        family = read_family(reader.get_message());
      else if (is_field(reader, 4, as_bytes)) {
        SLUICE_TRY(auto exemplar, read_exemplar(reader.get_message()));
        series.exemplars.push_back(std::move(exemplar));
      } else {
        reader.skip();
      }
    }
    SLUICE_TRY(series.labels, labels_of(references));
    if (family) set_type_and_unit(series.labels, *family);
    for (const Label& label : series.labels)
      if (family && label.name == metric_name_label) add_metadata(label.value, *family);
    write_.rest.series.push_back(std::move(series));
    return {};
  }

  Result<std::vector<Label>> labels_of(const std::vector<std::uint32_t>& references) {
    if (references.size() % 2 != 0)
      return invalid_argument("remote write: an odd number of references to labels");
    for (const std::uint32_t reference : references)
      budget_.take_bytes(sizeof(std::string) + symbols_.size_at(reference));
    std::vector<Label> labels;
    labels.reserve(references.size() / 2);
    for (std::size_t i = 0; i < references.size(); i += 2)
      labels.push_back({symbols_.at(references[i]), symbols_.at(references[i + 1])});
    return labels;
  }

  Result<Exemplar> read_exemplar(protozero::pbf_reader reader) {
    Exemplar exemplar;
    std::vector<std::uint32_t> references;
    budget_.take_item();
    budget_.take_element<Exemplar>();
    while (reader.next()) {
      if (reader.tag() == 1)
        read_references(reader, references, budget_);
      else if (is_field(reader, 2, as_fixed64))
        exemplar.value = reader.get_double();
      else if (is_field(reader, 3, as_varint))
        exemplar.timestamp_ms = reader.get_int64();
      else
        reader.skip();
    }
    SLUICE_TRY(auto labels, labels_of(references));
    exemplar.labels = LabelSet::from(std::move(labels));
    return exemplar;
  }

  // What metadata says as labels, where that is asked for, in order.
  std::vector<StatedLabel> stated_labels(const FamilyFields& fields) const {
    std::vector<StatedLabel> stated;
    if (!type_and_unit_labels_) return stated;
    const std::string_view type = type_name(fields);
    const std::string_view unit = symbols_.has(fields.unit) ? symbols_.view(fields.unit) : "";
    if (type != type_names[0]) stated.push_back({metric_type_label, type});
    if (!unit.empty()) stated.push_back({metric_unit_label, unit});
    return stated;
  }

  // Where the metadata says something, what the sender says under these names does not count.
  void set_type_and_unit(std::vector<Label>& labels, const FamilyFields& fields) {
    const auto stated = stated_labels(fields);
    if (stated.empty()) return;
    std::erase_if(labels, [](const Label& label) { return states_type_or_unit(label.name); });
    for (const auto& [name, value] : stated) {
      budget_.take_bytes(2 * sizeof(std::string) + value.size());
      labels.push_back({std::string(name), std::string(value)});
    }
  }

  void add_metadata(std::string_view name, const FamilyFields& fields) {
    if (fields.type == 0 && fields.help == 0 && fields.unit == 0) return;
    const char* type = type_name(fields);
    const std::string_view family = family_of(name, type);
    if (!symbols_.has(fields.help) || !symbols_.has(fields.unit)) symbols_.miss();
    if (!families_.tell(family, fields, budget_)) return;
    budget_.take_element<MetricMetadata>(family.size() + symbols_.size_at(fields.help) +
                                         symbols_.size_at(fields.unit));
    write_.rest.metadata.push_back(
        {std::string(family), type, symbols_.at(fields.help), symbols_.at(fields.unit)});
  }

  DecodeBudget budget_;
  const bool type_and_unit_labels_;
  Symbols symbols_;
  KnownFamilies families_;
  FlatWrite write_;
  FlatSeries flat_;
  // Of the series that is being taken; kept for their room.
  std::vector<std::uint32_t> references_;
  std::optional<FamilyFields> family_;
};

}  // namespace

Result<FlatWrite> decode_flat_write_2(std::string_view body, const Limits& limits, Timestamp now) {
  return catching("2.0 Request", [&] {
    RequestReader request(body.size(), limits, now);
    return request.read(protozero::pbf_reader(body.data(), body.size()));
  });
}

}  // namespace sluice::ingest
