#include "query/cli/pager.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <streambuf>

namespace sluice::query::cli {

// An output buffer over a C file. Of this file alone.
class FileBuffer : public std::streambuf {
 public:
  explicit FileBuffer(std::FILE* file) : file_(file) { setp(buffer_.begin(), buffer_.end()); }
  ~FileBuffer() override { sync(); }

 protected:
  int overflow(int c) override {
    if (sync() != 0) return traits_type::eof();
    if (c != traits_type::eof()) sputc(static_cast<char>(c));
    return c == traits_type::eof() ? 0 : c;
  }
  int sync() override {
    const auto size = static_cast<std::size_t>(pptr() - pbase());
    const bool written = std::fwrite(pbase(), 1, size, file_) == size && std::fflush(file_) == 0;
    setp(buffer_.begin(), buffer_.end());
    return written ? 0 : -1;
  }

 private:
  std::FILE* file_;
  std::array<char, 16 << 10> buffer_{};
};

struct Pager::Impl {
  explicit Impl(std::FILE* opened) : pipe(opened), buffer(opened), stream(&buffer) {}
  std::FILE* pipe;
  FileBuffer buffer;
  std::ostream stream;
};

std::string pager_command() {
  for (const char* name : {"SLUICE_PAGER", "PAGER"}) {
    const char* command = std::getenv(name);
    if (command != nullptr) return std::string(command) == "cat" ? "" : command;
  }
  return "less -FRSX";
}

std::unique_ptr<Pager> Pager::start(const std::string& command) {
  if (command.empty()) return nullptr;
  std::FILE* pipe = ::popen(command.c_str(), "w");
  if (pipe == nullptr) return nullptr;
  return std::unique_ptr<Pager>(new Pager(std::make_unique<Impl>(pipe)));
}

Pager::Pager(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Pager::~Pager() {
  impl_->stream.flush();
  ::pclose(impl_->pipe);
}

std::ostream& Pager::out() {
  return impl_->stream;
}

}  // namespace sluice::query::cli
