#include "flags.h"

#include <CLI/CLI.hpp>
#include <map>

namespace migadapter::app {
namespace {

using Formats = std::map<std::string, base::LogFormat>;
using Levels = std::map<std::string, base::LogLevel>;
using Modes = std::map<std::string, decide::RestoreMode>;
using Roles = std::map<std::string, Role>;

void add_role_flag(CLI::App& run, RunFlags& flags) {
  const Roles roles{
      {"all", Role::all}, {"webhook", Role::webhook}, {"controller", Role::controller}};
  run.add_option("--role", flags.role,
                 "What this process does: webhook answers the API server, controller watches and "
                 "evicts, all does both (the default)")
      ->transform(CLI::CheckedTransformer(roles));
}

void add_cluster_flags(CLI::App& run, RunFlags& flags) {
  run.add_option(
      "--kubeconfig", flags.kubeconfig,
      "Kubeconfig file; default: the pod's service account, else $KUBECONFIG, else ~/.kube/config");
  run.add_option("--context", flags.context,
                 "Context of the kubeconfig; default: its current-context");
  run.add_option(
      "--namespace", flags.name_space,
      "Namespace of the Lease and of the dry-run probe; default: the context's or the pod's own");
  run.add_flag("!--no-leader-election", flags.leader_election,
               "Act without holding the Lease; only for a process that is surely alone");
  run.add_flag(
      "!--no-crds", flags.register_crds,
      "Do not install the definitions of MigPolicy and the like at the start, which is done "
      "outside the cluster only: they are there already");
}

void add_webhook_flags(CLI::App& run, RunFlags& flags) {
  run.add_option(
      "--webhook-url", flags.webhook_url,
      "https://HOST[:PORT] at which the API server reaches this process, for running outside the "
      "cluster; the webhook is registered at the start and removed at the end");
  run.add_option("--webhook-service", flags.webhook_service,
                 "Service in front of this pod, for running inside the cluster")
      ->capture_default_str()
      ->excludes("--webhook-url");
  run.add_option(
      "--webhook-listen", flags.webhook_listen,
      "ADDRESS:PORT to serve the webhook on; default: all addresses, port of the URL or 9443");
  run.add_option(
         "--cert-dir", flags.certificate_folder,
         "Folder with tls.crt, tls.key and ca.crt; default: a certificate authority made in memory")
      ->check(CLI::ExistingDirectory);
  run.add_option("--health-listen", flags.health_listen,
                 "ADDRESS:PORT of /healthz, /livez and /readyz")
      ->capture_default_str();
}

void add_policy_flags(CLI::App& run, RunFlags& flags) {
  const Modes modes{{"eager", decide::RestoreMode::eager},
                    {"when-needed", decide::RestoreMode::when_needed},
                    {"never", decide::RestoreMode::never}};
  run.add_option(
         "--restore", flags.restore,
         "When an upgraded pod is restarted on a smaller instance: eager, when-needed or never")
      ->transform(CLI::CheckedTransformer(modes));
  run.add_option("--restore-minimum-run-seconds", flags.minimum_run_seconds,
                 "Leave a pod alone that has run for less than this")
      ->check(CLI::NonNegativeNumber);
}

void add_scheduler_flags(CLI::App& run, RunFlags& flags) {
  run.add_option("--scheduler-name", flags.scheduler_names,
                 "A scheduler beside default-scheduler whose pods may be moved because it runs the "
                 "same filters with the same settings; may be given several times");
  run.add_flag("--extended-resource-toleration", flags.tolerates_extended_resources,
               "The API server runs the admission plugin ExtendedResourceToleration");
}

void add_log_flags(CLI::App& run, RunFlags& flags) {
  const Formats formats{{"json", base::LogFormat::json}, {"text", base::LogFormat::text}};
  const Levels levels{{"debug", base::LogLevel::debug},
                      {"info", base::LogLevel::info},
                      {"warning", base::LogLevel::warning},
                      {"error", base::LogLevel::error}};
  run.add_option("--log-format", flags.log_format, "json or text")
      ->transform(CLI::CheckedTransformer(formats));
  run.add_option("--log-level", flags.log_level, "debug, info, warning or error")
      ->transform(CLI::CheckedTransformer(levels));
}

}  // namespace

std::variant<RunFlags, int> parse_flags(int argc, char** argv) {
  CLI::App app("Lets a pod that waits for a scarce MIG instance run on a larger idle one");
  app.name("mig-adapter");
  app.set_version_flag("--version", MIGADAPTER_VERSION);
  app.require_subcommand(1);
  RunFlags flags;
  CLI::App& run =
      *app.add_subcommand("run", "Run the controller and the webhook until told to stop");
  add_role_flag(run, flags);
  add_cluster_flags(run, flags);
  add_webhook_flags(run, flags);
  add_policy_flags(run, flags);
  add_scheduler_flags(run, flags);
  add_log_flags(run, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return flags;
}

}  // namespace migadapter::app
