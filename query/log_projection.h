// LogProjection: what a reader of logs will look at, so that a source need not read or rebuild the
// rest. The shapes a source answers in (FieldColumn, LineLoader) are here too; the batch that holds
// them is LogBatch (query/source.h).
//
// Everything here is an offer. A source may ignore any of it and hand out whole lines; a reader
// goes by what each batch holds, and its result is the same whatever that is.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/types/result.h"
#include "base/types/time.h"

namespace sluice::query {

// What would be left of a row after a label filter, said of one field alone. A source may leave out
// rows whose field does not pass, and skip data that holds no row that does; it must keep
// - rows it has not parsed (LogBatch::unparsed),
// - rows of a Stream, or with metadata, that has a label named like the field: the filter means it.
struct FieldCondition {
  std::size_t field = 0;                         // of LogProjection::fields
  std::function<bool(std::string_view)> passes;  // of the value as text; safe from any thread
  std::function<bool(double)> number_passes;     // of a number; may be null: go by the text
  bool absent_passes = false;                    // of a row without the field
  // If only a few texts pass, none of them empty: these.
  std::optional<std::vector<std::string>> texts;
};

struct LogProjection {
  enum class Lines {
    all,        // every line is looked at: LogBatch::lines
    on_demand,  // a few: LogBatch::lines or ::loader
    none,       // not one (only without a parser)
  };
  // `| json` and `| logfmt` without arguments, run over the original line.
  enum class Parser { none, json, logfmt };
  struct Field {
    std::string name;  // as the parser names the label: "response_code" for {"response":{"code":1}}
    // Only the number is of interest (it is compared or unwrapped as a plain number), so
    // FieldColumn::numbers will do. Else the text is needed: codes and values.
    bool number = false;
  };

  Lines lines = Lines::all;
  bool sizes = false;  // LogBatch::sizes
  // Every entry will be looked at: nobody has seen enough before the end. Large batches are best.
  bool to_the_end = false;
  // Not 0: entries matter by the interval (k * coalesce, (k + 1) * coalesce] since the epoch that
  // they lie in; a source may give one item for all of an interval (LogBatch::counts). The range of
  // the LogSelect begins and ends between intervals. Only without a parser.
  Duration coalesce{0};
  // If there is one: all times from t to same_until(t), which is not before t, mean the same to the
  // reader, so that a source may give any of them for another, ascending still. Where the range of
  // the LogSelect begins and ends, meanings do. Safe from any thread.
  using SameUntil = std::function<Timestamp(Timestamp t)>;
  SameUntil same_until;
  Parser parser = Parser::none;
  std::vector<Field> fields;  // that the reader looks at; with a parser only; may be empty
  std::vector<FieldCondition> conditions;  // all hold for every row that matters
  // LogBatch::shapes: lines of one shape have equal templates (static text, variables that hold a
  // digit), so that a reader of templates looks at one line of each. Only with Lines::on_demand.
  struct Shapes {
    // A JSON object or logfmt line that has some of these as text, not all empty, at its top: what
    // counts is the templates of these texts, whatever else there is in the line.
    std::vector<std::string> fields;
  };
  std::optional<Shapes> shapes = {};
  // The metadata labels looked at; nullopt: all. The others may be left out of LogBatch::metadata.
  std::optional<std::vector<std::string>> metadata;
};

// One field over the rows of a batch: what the parser would have made of each line. Of several
// fields of one name the first counts. Either codes and values, or numbers; nothing if the Stream
// has a label of the field's name, which then is what the name means.
struct FieldColumn {
  static constexpr std::uint32_t absent = ~std::uint32_t{0};

  // values[codes[row]] is the label's value in this row, unescaped. A value may
  // have several codes; some may be used by no row. A present but empty string is a value "".
  // Unparsed rows have any valid code.
  std::span<const std::uint32_t> codes;
  std::span<const std::string_view> values;
  std::span<const std::uint64_t> hashes;  // XXH3, 64 bits, of each value; empty: not known
  // numbers[row] is what logql::parse_float() makes of the text, bit by bit: decimals that would
  // round otherwise come as codes.
  std::span<const double> numbers;
  std::span<const std::uint8_t> present;  // of numbers: 0 where the field is absent; empty: never
  // Not 0: in all batches of a cursor whose column of this field has the same, a code means the
  // same value; later batches may have further values behind those of earlier ones.
  std::uint64_t dictionary = 0;
};

// Rebuilds lines of the batch it came with. Belongs to the cursor; same thread.
class LineLoader {
 public:
  virtual ~LineLoader() = default;
  // The original line of a row; valid until the next call.
  virtual Result<std::string_view> line(std::size_t row) = 0;
};

}  // namespace sluice::query
