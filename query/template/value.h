// TemplateValue: what flows through a template: nil, bool, integer, float, string, list or map.
//
// A cheap-to-copy value; lists and maps are shared and immutable. `Fields` lets a caller offer
// labels without building a map first (line_format runs once per line).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice::query {

class TemplateValue;

// Named values looked up on demand. Must outlive the render() call it is given to.
class Fields {
 public:
  virtual ~Fields() = default;
  virtual std::optional<std::string_view> get(std::string_view name) const = 0;
};

class TemplateValue {
 public:
  using List = std::vector<TemplateValue>;
  using Map = std::map<std::string, TemplateValue, std::less<>>;

  TemplateValue() = default;
  TemplateValue(bool v) : value_(v) {}
  TemplateValue(int v) : value_(std::int64_t{v}) {}
  TemplateValue(std::int64_t v) : value_(v) {}
  TemplateValue(double v) : value_(v) {}
  TemplateValue(std::string v) : value_(std::move(v)) {}
  TemplateValue(std::string_view v) : value_(std::string(v)) {}
  TemplateValue(const char* v) : value_(std::string(v)) {}
  TemplateValue(List v) : value_(std::make_shared<const List>(std::move(v))) {}
  TemplateValue(Map v) : value_(std::make_shared<const Map>(std::move(v))) {}
  TemplateValue(const Fields* v) : value_(v) {}

  bool is_nil() const { return std::holds_alternative<std::monostate>(value_); }
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&value_); }
  const double* as_float() const { return std::get_if<double>(&value_); }
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const List* as_list() const;
  const Map* as_map() const;
  const Fields* as_fields() const;

  // Go's truth: false, 0, "", nil and empty collections are false.
  bool truth() const;
  // As {{ . }} prints it; nil is "<no value>".
  std::string text() const;
  // "int", "float64", "string", ... for error messages.
  std::string_view type_name() const;
  // The member of a map or Fields; "" when there is none (labels behave so in Prometheus and Loki).
  TemplateValue field(std::string_view name) const;
  // Reads numbers and numeric strings; nullopt if it is neither.
  std::optional<double> number() const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, std::shared_ptr<const List>,
               std::shared_ptr<const Map>, const Fields*>
      value_;
};

}  // namespace sluice::query
