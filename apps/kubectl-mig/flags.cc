#include "flags.h"

#include <CLI/CLI.hpp>
#include <map>
#include <string>

#include "sim/policy.h"

namespace migadapter::app {
namespace {

void add_workload_flags(CLI::App& simulate, SimulateFlags& flags) {
  simulate
      .add_option("--workload", flags.workload,
                  "uniform, skew-small, skew-big or bimodal; openb-default, openb-gpuspec33 or "
                  "openb-gpushare40, 60, 80, 100; miso; or a file of jobs as CSV or JSON")
      ->capture_default_str();
  simulate.add_option("--traces", flags.traces, "Folder of the traces")->capture_default_str();
  simulate
      .add_option("--load", flags.load,
                  "Of a mix: slices that are asked for as a part of the cluster's")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  simulate.add_option("--jobs", flags.jobs, "Of a mix: how many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  simulate.add_option("--run-seconds", flags.run_seconds, "Of a mix: mean run time")
      ->check(CLI::Range(0.001, 1e7))
      ->capture_default_str();
  simulate
      .add_option("--patience-seconds", flags.patience_seconds,
                  "Of a mix or openb: how long a job waits for its start; 0: for ever")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str();
  simulate
      .add_option("--speed", flags.speed,
                  "Of a mix or openb: how a larger slice shortens a job: fixed, linear, training "
                  "or inference")
      ->check(CLI::IsMember({"fixed", "linear", "training", "inference"}))
      ->capture_default_str();
}

void add_cluster_flags(CLI::App& simulate, SimulateFlags& flags) {
  simulate.add_option("--gpu-model", flags.gpu_model, "As in data/mig-profiles.json")
      ->capture_default_str();
  simulate.add_option("--nodes", flags.nodes, "Nodes, all alike")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  simulate.add_option("--gpus-per-node", flags.gpus_per_node, "GPUs of each node")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  simulate
      .add_option("--geometry", flags.geometries,
                  "Instances of each GPU, as in 3g.20gb,2g.10gb,1g.5gb,1g.5gb; default: "
                  "all-balanced. Given again for the next node, then from the beginning")
      ->allow_extra_args(false);
  simulate.add_option("--scoring", flags.scoring, "Of the scheduler")
      ->check(CLI::IsMember({"least-allocated", "most-allocated"}))
      ->capture_default_str();
  simulate
      .add_option("--restart-seconds", flags.restart_seconds,
                  "What a pod interrupted at work needs before it gets on")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  simulate
      .add_option("--device-seconds", flags.device_seconds,
                  "What it takes to make an instance, where a policy makes them on demand")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
}

void add_run_flags(CLI::App& simulate, SimulateFlags& flags) {
  const std::map<std::string, OutputFormat> formats{{"text", OutputFormat::text},
                                                    {"json", OutputFormat::json}};
  simulate.add_option("--policy", flags.policies, "Some of those below; default: all")
      ->delimiter(',');
  simulate.add_option("--seed", flags.seed, "Whatever chance decides")->capture_default_str();
  simulate.add_option("-o,--output", flags.output, "text or json")
      ->transform(CLI::CheckedTransformer(formats));
}

std::string policy_texts() {
  std::string text = "Policies:\n";
  for (const sim::Policy& policy : sim::policies()) {
    text += "  " + std::string(policy.name) + ": " + std::string(policy.sentence) + "\n";
  }
  return text;
}

}  // namespace

std::variant<SimulateFlags, int> parse_flags(int argc, char** argv) {
  CLI::App app("Shows and explains what MIG-Adapter does, or would do");
  app.name("kubectl-mig");
  app.set_version_flag("--version", MIGADAPTER_VERSION);
  app.require_subcommand(1);
  SimulateFlags flags;
  CLI::App& simulate = *app.add_subcommand(
      "simulate", "Run a workload on a simulated cluster under different policies");
  add_workload_flags(simulate, flags);
  add_cluster_flags(simulate, flags);
  add_run_flags(simulate, flags);
  simulate.footer(policy_texts());
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return flags;
}

}  // namespace migadapter::app
