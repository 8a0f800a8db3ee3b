#include <boost/json.hpp>

#include "sim/report/report.h"

namespace migadapter::sim {
namespace {

namespace json = boost::json;

double seconds(Time time) {
  return static_cast<double>(time.count()) / 1000;
}

json::object to_object(const Distribution& distribution) {
  return {{"mean", seconds(distribution.mean)},
          {"p50", seconds(distribution.p50)},
          {"p95", seconds(distribution.p95)},
          {"p99", seconds(distribution.p99)}};
}

json::object to_object(const ReportLine& line) {
  const Summary& summary = line.summary;
  return {{"policy", line.policy},
          {"jobs", summary.jobs},
          {"finished", summary.finished},
          {"left", summary.left},
          {"unserved", summary.unserved},
          {"wait_seconds", to_object(summary.wait)},
          {"completion_seconds", to_object(summary.completion)},
          {"makespan_seconds", seconds(summary.makespan)},
          {"allocated", summary.allocated},
          {"useful", summary.useful},
          {"unusable", summary.unusable},
          {"blocked_jobs", summary.blocked_jobs},
          {"upgrades", summary.upgrades},
          {"restores", summary.restores},
          {"restarts", summary.restarts}};
}

}  // namespace

std::string to_json(const Report& report) {
  json::array policies;
  for (const ReportLine& line : report.lines) policies.push_back(to_object(line));
  const json::object object{{"workload", report.workload},           {"mapping", report.mapping},
                            {"gpu_model", report.gpu_model},         {"nodes", report.nodes},
                            {"gpus_per_node", report.gpus_per_node}, {"seed", report.seed},
                            {"policies", std::move(policies)}};
  return json::serialize(object) + '\n';
}

}  // namespace migadapter::sim
