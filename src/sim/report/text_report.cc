#include <array>
#include <functional>

#include <fmt/format.h>

#include "sim/report/report.h"

namespace migadapter::sim {
namespace {

std::string seconds(Time time) {
  return fmt::format("{:.1f}", static_cast<double>(time.count()) / 1000);
}

std::string percent(double part) {
  return fmt::format("{:.1f}", 100 * part);
}

struct Column {
  std::string_view title;
  std::string_view sentence;
  std::string (*text)(const Summary& summary);
};

constexpr std::array<Column, 12> kColumns = {{
    {"started %", "jobs that got a device before they lost patience",
     [](const Summary& s) {
       const std::int64_t started = s.jobs - s.left - s.unserved;
       return percent(s.jobs == 0 ? 0 : static_cast<double>(started) / static_cast<double>(s.jobs));
     }},
    {"wait s", "from arrival to the first start, on the average of those that started",
     [](const Summary& s) { return seconds(s.wait.mean); }},
    {"p50", "the same, the middle one", [](const Summary& s) { return seconds(s.wait.p50); }},
    {"p95", "95 of 100 waited less", [](const Summary& s) { return seconds(s.wait.p95); }},
    {"p99", "99 of 100 waited less", [](const Summary& s) { return seconds(s.wait.p99); }},
    {"done s", "from arrival to the end, on the average of those that finished",
     [](const Summary& s) { return seconds(s.completion.mean); }},
    {"useful %", "slices of jobs at work, as many as they asked for, while jobs arrive",
     [](const Summary& s) { return percent(s.useful); }},
    {"held %", "slices that pods held, while jobs arrive",
     [](const Summary& s) { return percent(s.allocated); }},
    {"blocked", "jobs that waited although as many slices were free, on the average",
     [](const Summary& s) { return fmt::format("{:.2f}", s.blocked_jobs); }},
    {"upgrades", "pods moved to a larger instance before they started",
     [](const Summary& s) { return std::to_string(s.upgrades); }},
    {"restores", "pods moved back", [](const Summary& s) { return std::to_string(s.restores); }},
    {"restarts", "moves that interrupted a job at work",
     [](const Summary& s) { return std::to_string(s.restarts); }},
}};

std::size_t policy_width(const Report& report) {
  std::size_t width = std::string_view("policy").size();
  for (const ReportLine& line : report.lines) width = std::max(width, line.policy.size());
  return width;
}

std::size_t width_of(const Column& column, const Report& report) {
  std::size_t width = column.title.size();
  for (const ReportLine& line : report.lines) {
    width = std::max(width, column.text(line.summary).size());
  }
  return width;
}

std::string table(const Report& report) {
  const std::size_t names = policy_width(report);
  std::string text = fmt::format("{:<{}}", "policy", names);
  for (const Column& column : kColumns) {
    text += fmt::format("  {:>{}}", column.title, width_of(column, report));
  }
  text += '\n';
  for (const ReportLine& line : report.lines) {
    text += fmt::format("{:<{}}", line.policy, names);
    for (const Column& column : kColumns) {
      text += fmt::format("  {:>{}}", column.text(line.summary), width_of(column, report));
    }
    text += '\n';
  }
  return text;
}

}  // namespace

std::string to_text(const Report& report) {
  const std::int64_t jobs = report.lines.empty() ? 0 : report.lines.front().summary.jobs;
  std::string text = fmt::format("{} jobs of {} ({}) on {} x {} {}, seed {}\n\n", jobs,
                                 report.workload, report.mapping, report.nodes,
                                 report.gpus_per_node, report.gpu_model, report.seed);
  text += table(report) + '\n';
  for (const Column& column : kColumns) {
    text += fmt::format("{:>9}: {}\n", column.title, column.sentence);
  }
  return text;
}

}  // namespace migadapter::sim
