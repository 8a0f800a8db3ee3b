#include "base/process_figures.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace migadapter::base {
namespace {

/// Fields of /proc/self/stat by the numbers of proc(5), less the three up to the state.
/// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
constexpr std::size_t kUserTicks = 14 - 3;
constexpr std::size_t kSystemTicks = 15 - 3;
constexpr std::size_t kStartTicks = 22 - 3;
constexpr std::size_t kVirtualBytes = 23 - 3;
constexpr std::size_t kResidentPages = 24 - 3;

/// The fields after the program's name, which is in parentheses and may hold anything.
std::vector<double> stat_fields() {
  std::ifstream file("/proc/self/stat");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::istringstream rest(text.substr(std::min(text.size(), text.rfind(')') + 2)));
  std::string state;
  rest >> state;
  std::vector<double> fields{0};
  for (double value = 0; rest >> value;) fields.push_back(value);
  fields.resize(std::max(fields.size(), kResidentPages + 1));
  return fields;
}

/// The machine's start, from the line "btime SECONDS".
double boot_time_seconds() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  }
  return 0;
}

double count_open_files() {
  std::error_code failure;
  const std::filesystem::directory_iterator files("/proc/self/fd", failure);
  return failure ? 0 : static_cast<double>(std::distance(begin(files), end(files)));
}

}  // namespace

ProcessFigures read_process_figures() {
  const auto ticks_per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  const std::vector<double> stat = stat_fields();
  ProcessFigures figures;
  figures.cpu_seconds = (stat[kUserTicks] + stat[kSystemTicks]) / ticks_per_second;
  figures.resident_bytes = stat[kResidentPages] * static_cast<double>(sysconf(_SC_PAGESIZE));
  figures.virtual_bytes = stat[kVirtualBytes];
  figures.start_time_seconds = boot_time_seconds() + stat[kStartTicks] / ticks_per_second;
  figures.open_files = count_open_files();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    figures.most_open_files = static_cast<double>(limit.rlim_cur);
  return figures;
}

}  // namespace migadapter::base
