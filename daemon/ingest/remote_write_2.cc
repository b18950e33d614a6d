// Remote write 2.0: the same as 1.0 with a table of symbols, and metadata beside each series.
#include <array>

#include "daemon/ingest/remote_write_fields.h"

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
  std::size_t size_at(std::uint32_t reference) const {
    return reference < texts_.size() ? texts_[reference].size() : 0;
  }
  std::string at(std::uint32_t reference) {
    if (reference < texts_.size()) return std::string(texts_[reference]);
    missing_ = true;
    return {};
  }
  bool missing() const { return missing_; }

 private:
  std::vector<std::string_view> texts_;
  bool missing_ = false;
};

struct FamilyFields {
  std::uint32_t type = 0;
  std::uint32_t help = 0;
  std::uint32_t unit = 0;
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
std::string family_of(std::string name, std::string_view type) {
  if (type != "histogram" && type != "summary" && type != "gaugehistogram") return name;
  for (const std::string_view suffix : {"_bucket", "_count", "_sum"})
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  return name;
}

const char* type_name(const FamilyFields& fields) {
  return type_names[fields.type < type_names.size() ? fields.type : 0];
}

class RequestReader {
 public:
  RequestReader(const DecodeBudget& budget, const Limits& limits)
      : budget_(budget), type_and_unit_labels_(limits.type_and_unit_labels) {}

  Result<WriteRequest> read(protozero::pbf_reader reader) {
    // The table comes first as senders write it, but need not.
    for (protozero::pbf_reader table = reader; table.next();) {
      if (is_field(table, 4, as_bytes))
        symbols_.add(table.get_view(), budget_);
      else
        table.skip();
    }
    while (reader.next()) {
      if (is_field(reader, 5, as_bytes))
        SLUICE_CHECK(read_series(reader.get_message()));
      else
        reader.skip();
    }
    if (symbols_.missing()) return invalid_argument("remote write: a symbol is not in the table");
    return std::move(request_);
  }

 private:
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
    if (family) add_metadata(series, *family);
    if (family && type_and_unit_labels_) set_type_and_unit(series.labels, *family);
    request_.series.push_back(std::move(series));
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

  // Where the metadata says something, what the sender says under these names does not count.
  void set_type_and_unit(std::vector<Label>& labels, const FamilyFields& fields) {
    const std::string_view type = type_name(fields);
    std::string unit = symbols_.at(fields.unit);
    const bool typed = type != type_names[0];
    if (!typed && unit.empty()) return;
    std::erase_if(labels, [](const Label& label) {
      return label.name == metric_type_label || label.name == metric_unit_label;
    });
    budget_.take_bytes(4 * sizeof(std::string) + unit.size());
    if (typed) labels.push_back({std::string(metric_type_label), std::string(type)});
    if (!unit.empty()) labels.push_back({std::string(metric_unit_label), std::move(unit)});
  }

  void add_metadata(const WrittenSeries& series, const FamilyFields& fields) {
    const bool says_nothing = fields.type == 0 && fields.help == 0 && fields.unit == 0;
    for (const Label& label : series.labels) {
      if (says_nothing || label.name != metric_name_label) continue;
      budget_.take_element<MetricMetadata>(label.value.size() + symbols_.size_at(fields.help) +
                                           symbols_.size_at(fields.unit));
      const char* type = type_name(fields);
      MetricMetadata metadata{family_of(label.value, type), type, symbols_.at(fields.help),
                              symbols_.at(fields.unit)};
      // Series of one family come together.
      if (request_.metadata.empty() || request_.metadata.back().family != metadata.family)
        request_.metadata.push_back(std::move(metadata));
    }
  }

  DecodeBudget budget_;
  const bool type_and_unit_labels_;
  Symbols symbols_;
  WriteRequest request_;
};

}  // namespace

Result<WriteRequest> decode_remote_write_2(std::string_view body, const Limits& limits) {
  return catching("2.0 Request", [&] {
    RequestReader request(DecodeBudget(body.size(), limits), limits);
    return request.read(protozero::pbf_reader(body.data(), body.size()));
  });
}

}  // namespace sluice::ingest
