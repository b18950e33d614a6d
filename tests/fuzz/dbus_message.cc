// D-Bus messages: any bytes give a message or an error; what is read is within what was given.
#include "agent/host/systemd.h"
#include "tests/fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice;
  using namespace sluice::agent;
  fuzz::FuzzInput input(data, size);
  const auto bytes = input.rest();
  if (const auto length = dbus_message_size(bytes))
    fuzz::require(*length >= dbus_head_bytes && *length <= dbus_max_message, "sizes are bounded");
  const auto message = decode_dbus_message(bytes);
  if (!message) {
    fuzz::require(!message.error().message.empty(), "an error says something");
    return 0;
  }
  fuzz::require(message->body.size() <= bytes.size(), "the body is part of the message");
  const auto value = decode_dbus_variant(*message);
  if (!value) fuzz::require(!value.error().message.empty(), "an error says something");
  const auto units = decode_dbus_units(*message);
  // A unit has nine texts of at least five bytes each.
  if (units) fuzz::require(units->size() <= message->body.size() / 45, "units take up bytes");
  Families out;
  const auto answer = [&](const auto& calls) {
    return Result<std::vector<DbusMessage>>(std::vector<DbusMessage>(calls.size(), *message));
  };
  const auto collected = collect_systemd(answer, 100, out);
  if (collected) fuzz::require(out.size() > 0, "success has something to show");
  return 0;
}
