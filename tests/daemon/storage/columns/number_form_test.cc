// Every form renders what it parsed and parses only what it would render.
#include "daemon/storage/columns/number_form.h"

#include <array>
#include <limits>

#include "tests/daemon/storage/columns/column_values.h"

using namespace sluice;
using namespace sluice::storage;

namespace {

std::string render(std::int64_t number, NumberForm form, std::uint16_t width) {
  std::array<char, max_number_bytes> buffer;
  char* end = render_number(number, form, width, buffer.data());
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

bool parses(NumberForm form, std::uint16_t width, std::string_view text) {
  const auto number = parse_number(form, width, text);
  if (!number) return false;
  CHECK(render(*number, form, width) == text);
  CHECK(rendered_length(*number, form, width) == text.size());
  return true;
}

struct FormWidth {
  NumberForm form;
  std::uint16_t width;
};

std::vector<FormWidth> all_number_forms() {
  std::vector<FormWidth> forms;
  for (unsigned form = 0; form <= static_cast<unsigned>(NumberForm::uuid); ++form)
    for (unsigned width = 0; width < 1 << 16; ++width)
      if (valid_form(ColumnShape::number, static_cast<NumberForm>(form),
                     static_cast<std::uint16_t>(width)))
        forms.push_back({static_cast<NumberForm>(form), static_cast<std::uint16_t>(width)});
  return forms;
}

std::string_view most_negative = "-9223372036854775808";

}  // namespace

TEST_CASE("integers are canonical") {
  using enum NumberForm;
  for (const std::string_view good : {"0", "7", "-7", "9223372036854775807", "1000000000000000000"})
    CHECK(parses(integer, 0, good));
  CHECK(parses(integer, 0, most_negative));
  for (const std::string_view bad :
       {"", "-", "-0", "00", "01", "-01", "+1", "9223372036854775808", "-9223372036854775809",
        "18446744073709551616", "1.", "1e3", " 1", "1 ", "٣"})
    CHECK_FALSE(parses(integer, 0, bad));
}

TEST_CASE("padded integers have their width") {
  CHECK(parses(NumberForm::padded, 4, "0042"));
  CHECK(parses(NumberForm::padded, 4, "9999"));
  CHECK(parses(NumberForm::padded, 18, "999999999999999999"));
  for (const std::string_view bad : {"042", "00042", "-042", "0x42"})
    CHECK_FALSE(parses(NumberForm::padded, 4, bad));
}

TEST_CASE("decimals keep their zeros, or have none") {
  using enum NumberForm;
  for (const std::string_view good : {"0.00", "1.50", "-0.50", "-12.75", "9223372036854775.07"})
    CHECK(parses(decimal, 2, good));
  for (const std::string_view bad : {"1.", ".50", "1.5", "1.500", "-0.00", "01.50", "1,50",
                                     "99999999999999999.99", "1.5 ", "12"})
    CHECK_FALSE(parses(decimal, 2, bad));
  for (const std::string_view good : {"0", "12", "1.5", "-0.25", "0.001"})
    CHECK(parses(decimal_trimmed, 3, good));
  for (const std::string_view bad : {"1.0", "1.50", "-0", "1.", "0.0001", "1e-7"})
    CHECK_FALSE(parses(decimal_trimmed, 3, bad));
  for (const std::string_view good : {"0.0", "12.0", "1.5", "-0.25"})
    CHECK(parses(decimal_float, 3, good));
  for (const std::string_view bad : {"1", "1.50", "-0.0", "1.00"})
    CHECK_FALSE(parses(decimal_float, 3, bad));
}

TEST_CASE("hex digits have one case, addresses four octets") {
  using enum NumberForm;
  CHECK(parses(hex_lower, 4, "00ff"));
  CHECK(parses(hex_lower, 16, "ffffffffffffffff"));
  CHECK(parses(hex_upper, 4, "00FF"));
  CHECK_FALSE(parses(hex_lower, 4, "00Ff"));
  CHECK_FALSE(parses(hex_upper, 4, "00Ff"));
  CHECK_FALSE(parses(hex_lower, 4, "0ff"));
  CHECK_FALSE(parses(hex_lower, 4, "00fg"));
  CHECK(parses(ipv4, 0, "0.0.0.0"));
  CHECK(parses(ipv4, 0, "255.255.255.255"));
  CHECK(parse_number(ipv4, 0, "10.0.0.7") == 0x0A000007);
  for (const std::string_view bad :
       {"256.0.0.1", "1.2.3", "1.2.3.4.5", "1.2.3.04", "1.2.3.", "1..3.4", "1.2.3.4 ", "-1.2.3.4"})
    CHECK_FALSE(parses(ipv4, 0, bad));
}

TEST_CASE("fixed values come back") {
  std::array<char, 64> value{};
  std::array<char, max_fixed_bytes> text{};
  const auto back = [&](NumberForm form, std::string_view in) {
    const auto width = static_cast<std::uint16_t>(in.size());
    REQUIRE(valid_form(ColumnShape::fixed, form, width));
    if (!parse_fixed(form, width, in, value.data())) return false;
    char* end = render_fixed(value.data(), form, width, text.data());
    CHECK(std::string_view(text.data(), end) == in);
    return true;
  };
  CHECK(back(NumberForm::hex_lower, "f0123456789abcdef"));
  CHECK(back(NumberForm::hex_upper, std::string(128, 'A')));
  CHECK_FALSE(back(NumberForm::hex_lower, "f0123456789abcdeF"));
  CHECK(back(NumberForm::uuid, "00112233-4455-6677-8899-aabbccddeeff"));
  CHECK_FALSE(back(NumberForm::uuid, "00112233-4455-6677-8899-aabbccddeefF"));
  CHECK_FALSE(back(NumberForm::uuid, "00112233445-5-6677-8899-aabbccddeeff"));
  CHECK_FALSE(parse_fixed(NumberForm::uuid, 36, "", value.data()));
}

TEST_CASE("rendering any number in any form stays in its room and parses back or not at all") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::vector<std::int64_t> numbers = {0, 1, -1, std::numeric_limits<std::int64_t>::min(),
                                       std::numeric_limits<std::int64_t>::max()};
  for (int i = 0; i < 100; ++i)
    numbers.push_back(static_cast<std::int64_t>(random()) >> random() % 64);
  std::size_t broken = 0;
  for (const auto& [form, width] : all_number_forms())
    for (const std::int64_t number : numbers) {
      const std::string text = render(number, form, width);
      if (text.empty() || text.size() > max_number_bytes) ++broken;
      if (rendered_length(number, form, width) != text.size()) ++broken;
      const auto back = parse_number(form, width, text);
      if (back && render(*back, form, width) != text) ++broken;
      if (!back && form == NumberForm::integer) ++broken;
    }
  CHECK(broken == 0);
}

TEST_CASE("text that is nearly a number parses only if it renders so") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  constexpr std::string_view bytes = "0123456789abfAB.-:TZ+ ,";
  const auto forms = all_number_forms();
  std::size_t broken = 0;
  for (int i = 0; i < 200'000; ++i) {
    const auto& [form, width] = forms[random() % forms.size()];
    std::string text = render(static_cast<std::int64_t>(random() >> random() % 64), form, width);
    for (auto changes = random() % 3; changes > 0; --changes)
      text[random() % text.size()] = bytes[random() % bytes.size()];
    const auto number = parse_number(form, width, text);
    if (number && render(*number, form, width) != text) ++broken;
  }
  CHECK(broken == 0);
}
