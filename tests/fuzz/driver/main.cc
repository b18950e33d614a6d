// The fuzz driver of normal builds: replays a corpus, then runs seeded mutations for a while.
//
//   fuzz_labels [--seconds S] [--seed N] CORPUS_DIR|FILE...
//
// An input that crashes, breaks a property or takes longer than 20 seconds is written to
// fuzz-<target>-failure in the working directory; give that file as argument to see it again.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

#include "tests/fuzz/driver/mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sluice::fuzz {
namespace {

constexpr unsigned hang_seconds = 20;

// What a signal handler may touch: plain memory, set before each input.
const char* current_data = nullptr;
std::size_t current_size = 0;
char failure_path[256] = "fuzz-failure";

void say(const char* text) {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) ::_exit(70);
}

extern "C" void save_input_and_die(int signal_number) {
  const int fd = ::open(failure_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const bool saved = fd >= 0 && ::write(fd, current_data, current_size) >= 0;
  say(signal_number == SIGALRM ? "hang" : "crash");
  say(saved ? "; the input is in " : "; could not save the input to ");
  say(failure_path);
  say("\n");
  ::signal(signal_number, SIG_DFL);
  ::raise(signal_number);
}

void catch_failures(const char* program) {
  const std::string name = std::filesystem::path(program).filename().string() + "-failure";
  std::strncpy(failure_path, name.c_str(), sizeof failure_path - 1);
  for (const int s : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM})
    ::signal(s, save_input_and_die);
}

void run(const std::string& input) {
  current_data = input.data();
  current_size = input.size();
  ::alarm(hang_seconds);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Sorted, so that one seed gives one run on every machine.
std::vector<std::string> read_corpus(const std::vector<std::filesystem::path>& places) {
  std::vector<std::filesystem::path> files;
  for (const auto& place : places) {
    if (!std::filesystem::is_directory(place)) {
      files.push_back(place);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(place))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> corpus;
  for (const auto& file : files) corpus.push_back(read_file(file));
  return corpus;
}

struct Options {
  double seconds = 0;
  std::uint64_t seed = std::random_device{}();
  std::vector<std::filesystem::path> places;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--seconds" && i + 1 < argc)
      options.seconds = std::atof(argv[++i]);
    else if (arg == "--seed" && i + 1 < argc)
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    else
      options.places.emplace_back(arg);
  }
  return options;
}

std::size_t mutate_for(double seconds, Mutator& mutator) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  std::size_t count = 0;
  for (; Clock::now() < end; ++count) run(mutator.next());
  return count;
}

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  catch_failures(argv[0]);
  std::vector<std::string> corpus = read_corpus(options.places);
  if (corpus.empty()) {
    std::cerr << argv[0] << ": no corpus; give a folder or files\n";
    return 2;
  }
  std::cout << "seed " << options.seed << ", corpus " << corpus.size() << std::endl;
  for (const std::string& input : corpus) run(input);
  run("");
  Mutator mutator(options.seed, std::move(corpus));
  std::cout << mutate_for(options.seconds, mutator) << " mutated inputs, no failure\n";
  return 0;
}

}  // namespace
}  // namespace sluice::fuzz

int main(int argc, char** argv) { return sluice::fuzz::main(argc, argv); }
