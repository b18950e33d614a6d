#include "daemon/ingest/flat_write.h"

#include "daemon/ingest/flat_series.h"

namespace sluice::ingest {

namespace {

std::string_view view_of(protozero::pbf_reader& reader) {
  const auto view = reader.get_view();
  return {view.data(), view.size()};
}

void read_flat_label(protozero::pbf_reader reader, FlatSeries& series) {
  std::string_view name;
  std::string_view value;
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes))
      name = view_of(reader);
    else if (is_field(reader, 2, as_bytes))
      value = view_of(reader);
    else
      reader.skip();
  }
  series.add_label(name, value);
}

bool read_flat_fields(protozero::pbf_reader& reader, FlatSeries& series) {
  while (reader.next()) {
    if (is_field(reader, 1, as_bytes))
      read_flat_label(reader.get_message(), series);
    else if (!is_field(reader, 2, as_bytes) || !series.add_sample(reader.get_message()))
      return false;
  }
  return true;
}

// False, and nothing taken, if the series has to go the long way.
bool take_flat(protozero::pbf_reader reader, FlatSeries& series) {
  series.begin();
  if (read_flat_fields(reader, series)) return series.finish();
  series.give_up();
  return false;
}

}  // namespace

Result<FlatWrite> decode_flat_write(std::string_view body, const Limits& limits, Timestamp now) {
  return catching("WriteRequest", [&]() -> Result<FlatWrite> {
    FlatWrite write;
    DecodeBudget budget(body.size(), limits);
    FlatSeries flat(limits, now, budget, write.samples);
    protozero::pbf_reader reader(body.data(), body.size());
    while (reader.next()) {
      if (!is_field(reader, 1, as_bytes)) {
        read_request_field(reader, write.rest, budget);
        continue;
      }
      const protozero::pbf_reader series(reader.get_message());
      if (!take_flat(series, flat)) read_request_series(series, write.rest, budget);
    }
    return write;
  });
}

}  // namespace sluice::ingest
