#include "daemon/storage/rocks_log.h"

#include <rocksdb/env.h>

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

#include "base/telemetry/log.h"

namespace sluice::storage {

namespace {

constexpr std::size_t max_message_bytes = 1024;

class RocksLogger : public rocksdb::Logger {
 public:
  RocksLogger() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    write(LogLevel::debug, format, arguments);
  }
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < GetInfoLogLevel()) return;
    write(level >= rocksdb::InfoLogLevel::ERROR_LEVEL ? LogLevel::error : LogLevel::warn, format,
          arguments);
  }

 private:
  static void write(LogLevel level, const char* format, va_list arguments) {
    std::array<char, max_message_bytes> text;
    if (std::vsnprintf(text.data(), text.size(), format, arguments) < 0) return;
    std::string_view message(text.data());
    while (message.ends_with('\n')) message.remove_suffix(1);
    log(level, "RocksDB", {{"message", message}});
  }
};

}  // namespace

std::shared_ptr<rocksdb::Logger> rocks_logger() {
  return std::make_shared<RocksLogger>();
}

}  // namespace sluice::storage
