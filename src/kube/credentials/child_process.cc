#include "kube/credentials/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/check.h"

namespace migadapter::kube {
namespace {

/// A file descriptor that is closed at the end of its scope.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close_now(); }

  int number() const { return number_; }
  void close_now() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

/// The arguments of posix_spawn that have to be released again.
class SpawnPlan {
 public:
  SpawnPlan(int output, bool inherit_standard_input) {
    MIGADAPTER_CHECK(posix_spawn_file_actions_init(&actions) == 0);
    MIGADAPTER_CHECK(posix_spawnattr_init(&attributes) == 0);
    if (!inherit_standard_input) {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    sigset_t none;  // our threads block signals; the program must not inherit that
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    // A group of its own, to be killed with all that it has started; but only the terminal's own
    // group may read from it.
    posix_spawnattr_setpgroup(&attributes, 0);
    const int group = inherit_standard_input ? 0 : POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK | group));
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool sets(const std::pair<std::string, std::string>& variable, std::string_view entry) {
  return entry.starts_with(variable.first + "=");
}

std::vector<std::string> environment_of(const ProgramCall& call) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    bool replaced = false;
    for (const auto& variable : call.environment) replaced = replaced || sets(variable, *entry);
    if (!replaced) entries.emplace_back(*entry);
  }
  for (const auto& [name, value] : call.environment) entries.push_back(name + "=" + value);
  return entries;
}

base::Result<pid_t> start(const ProgramCall& call, int output) {
  std::vector<std::string> arguments = call.arguments;
  arguments.insert(arguments.begin(), call.program);
  std::vector<std::string> environment = environment_of(call);
  const SpawnPlan plan(output, call.inherit_standard_input);
  pid_t child = 0;
  const int failure = posix_spawnp(&child, call.program.c_str(), &plan.actions, &plan.attributes,
                                   pointers_to(arguments).data(), pointers_to(environment).data());
  if (failure == 0) return child;
  const auto code = failure == ENOENT ? base::ErrorCode::not_found : base::ErrorCode::unavailable;
  return base::Error(code, fmt::format("{}: {}", call.program, std::strerror(failure)));
}

base::Error overdue(const ProgramCall& call) {
  return {base::ErrorCode::timeout,
          fmt::format("{}: did not end within {} s", call.program, call.timeout.count() / 1000)};
}

/// Waits until there is something to read, or the end of it.
bool wait_until_readable(int descriptor, base::MonotonicTime deadline) {
  for (;;) {
    const base::Millis left = deadline - base::SystemClock().monotonic();
    if (left <= base::Millis(0)) return false;
    pollfd entry{.fd = descriptor, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

base::Result<std::string> read_output(const ProgramCall& call, int output,
                                      base::MonotonicTime deadline) {
  std::string text;
  char block[4096];
  while (wait_until_readable(output, deadline)) {
    const ssize_t count = ::read(output, block, sizeof block);
    if (count == 0) return text;
    if (count < 0) continue;
    text.append(block, static_cast<std::size_t>(count));
    if (text.size() > call.most_output_bytes) {
      return base::Error(base::ErrorCode::unavailable,
                         fmt::format("{}: prints too much", call.program));
    }
  }
  return overdue(call);
}

/// A program may close its output and go on. Kernels before 5.3 cannot tell, and we wait for it.
bool ends_before(pid_t child, base::MonotonicTime deadline) {
  // glibc 2.36 declares pidfd_open without C linkage.
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  return process.number() < 0 || wait_until_readable(process.number(), deadline);
}

base::Status collect(const std::string& program, pid_t child) {
  int state = 0;
  while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(state) && WEXITSTATUS(state) == 0) return {};
  return base::Error(base::ErrorCode::unavailable,
                     WIFEXITED(state)
                         ? fmt::format("{}: exit code {}", program, WEXITSTATUS(state))
                         : fmt::format("{}: ended by signal {}", program, WTERMSIG(state)));
}

/// With all that it has started, where it has a group of its own.
void kill_child(pid_t child, bool has_own_group) {
  ::kill(has_own_group ? -child : child, SIGKILL);
}

}  // namespace

base::Result<std::string> run_program(const ProgramCall& call) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return base::Error(base::ErrorCode::unavailable,
                       fmt::format("{}: {}", call.program, std::strerror(errno)));
  }
  const Descriptor read_end(ends[0]);
  Descriptor write_end(ends[1]);
  const base::Result<pid_t> child = start(call, write_end.number());
  write_end.close_now();
  if (!child.ok()) return child.error();
  const base::MonotonicTime deadline = base::SystemClock().monotonic() + call.timeout;
  base::Result<std::string> output = read_output(call, read_end.number(), deadline);
  if (output.ok() && !ends_before(*child, deadline)) output = overdue(call);
  if (!output.ok()) kill_child(*child, !call.inherit_standard_input);
  const base::Status end = collect(call.program, *child);
  if (output.ok() && !end.ok()) return end.error();
  return output;
}

}  // namespace migadapter::kube
