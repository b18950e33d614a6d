#include "daemon/release/exec_hook.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace sluice::release {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr auto grace = std::chrono::seconds(2);
constexpr auto poll_slice = std::chrono::milliseconds(50);

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

// The pointers that posix_spawn wants, over strings that outlive the call.
std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> out;
  for (const char* name : {"PATH", "HOME", "LANG"}) {
    if (const char* value = std::getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  for (const auto& [name, value] : command.environment) out.push_back(name + "=" + value);
  return out;
}

// Signals that the daemon blocks must reach the child, and nothing is ignored in it.
void reset_signals(posix_spawnattr_t& attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

Result<pid_t> spawn(const Command& command, int output) {
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> variables = environment_of(command);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, output, 2);
  reset_signals(attributes);
  pid_t pid = 0;
  const int code = ::posix_spawn(&pid, arguments.front().c_str(), &actions, &attributes,
                                 pointers(arguments).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (code != 0) {
    return Error{ErrorCode::io, "cannot run " + command.argv.front() + ": " + std::strerror(code)};
  }
  return pid;
}

// Reads what is there; false once all writers are gone.
bool drain(int fd, std::string& output) {
  char buffer[4096];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  const std::size_t room = max_command_output - std::min(output.size(), max_command_output);
  output.append(buffer, std::min(static_cast<std::size_t>(n), room));
  return n > 0;
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Waits for the child, reading its output; ends its group at the deadline.
class Watch {
 public:
  Watch(pid_t pid, int fd, SteadyTime deadline) : pid_(pid), fd_(fd), deadline_(deadline) {}

  CommandResult run() {
    int status = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
      read_some();
      end_if_late();
    }
    // A grandchild may hold the pipe: take what is there and leave.
    while (open_ && readable(std::chrono::milliseconds(0))) open_ = drain(fd_, result_.output);
    result_.exit_code = exit_code(status);
    return std::move(result_);
  }

 private:
  bool readable(std::chrono::milliseconds wait) const {
    pollfd p{fd_, POLLIN, 0};
    return ::poll(&p, 1, static_cast<int>(wait.count())) > 0;
  }

  void read_some() {
    if (!open_) {
      ::poll(nullptr, 0, static_cast<int>(poll_slice.count()));
    } else if (readable(poll_slice)) {
      open_ = drain(fd_, result_.output);
    }
  }

  void end_if_late() {
    const auto now = std::chrono::steady_clock::now();
    if (now < deadline_) return;
    ::kill(-pid_, result_.timed_out ? SIGKILL : SIGTERM);
    result_.timed_out = true;
    deadline_ = now + grace;
  }

  pid_t pid_;
  int fd_;
  SteadyTime deadline_;
  bool open_ = true;
  CommandResult result_;
};

}  // namespace

Result<CommandResult> run_command(const Command& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return Error{ErrorCode::io, std::string("pipe: ") + std::strerror(errno)};
  }
  const Descriptor reader(ends[0]);
  Descriptor writer(ends[1]);
  ::fcntl(reader.get(), F_SETFL, O_NONBLOCK);
  SLUICE_TRY(const pid_t pid, spawn(command, writer.get()));
  writer.close();
  return Watch(pid, reader.get(), std::chrono::steady_clock::now() + command.timeout).run();
}

}  // namespace sluice::release
