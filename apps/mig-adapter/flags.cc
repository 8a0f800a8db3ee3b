#include "flags.h"

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "kube/codec/duration.h"
#include "owner_kind.h"

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

/// A flag whose value is a time such as 15s or 1m30s.
void add_duration(CLI::App& run, const std::string& name, base::Millis& into,
                  const std::string& text) {
  const auto problem_of = [](const std::string& value) {
    const base::Result<base::Millis> parsed = kube::parse_duration(value);
    return parsed.ok() ? std::string() : parsed.error().message();
  };
  const auto take = [&into](const std::string& value) { into = *kube::parse_duration(value); };
  run.add_option_function<std::string>(name, take, text)->check(problem_of);
}

/// Under the names that other programs of Kubernetes give them.
void add_lease_flags(CLI::App& run, RunFlags& flags) {
  add_duration(run, "--leader-elect-lease-duration", flags.lease.lease,
               "Another process may act after the leader has not renewed its Lease for so long; "
               "default: 15s");
  add_duration(run, "--leader-elect-renew-deadline", flags.lease.renew_deadline,
               "A leader that cannot renew its Lease for so long ends; default: 10s");
  add_duration(run, "--leader-elect-retry-period", flags.lease.retry_period,
               "Time between two tries to take or renew the Lease; default: 2s");
  run.callback([&flags] {
    const base::Status status = check(flags.lease);
    if (!status.ok()) throw CLI::ValidationError(status.error().message());
  });
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
  run.add_option("--health-listen", flags.health_listen,
                 "ADDRESS:PORT of /healthz, /livez and /readyz")
      ->capture_default_str();
}

/// "90s", "12h", "365d". CLI11 gives the number of seconds to `take`.
void add_duration(CLI::App& run, const std::string& name, base::Millis& value, base::Millis least,
                  const std::string& text) {
  const std::map<std::string, std::int64_t> units{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  constexpr std::chrono::seconds kMost = std::chrono::years(10);
  const auto take = [&value](std::int64_t seconds) { value = std::chrono::seconds(seconds); };
  run.add_option_function<std::int64_t>(name, take, text)
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED))
      ->check(CLI::Range(std::chrono::ceil<std::chrono::seconds>(least).count(), kMost.count()))
      ->type_name("DURATION");
}

void add_certificate_flags(CLI::App& run, RunFlags& flags) {
  CLI::Option* folder =
      run.add_option("--cert-dir", flags.certificate_folder,
                     "Folder with tls.crt, tls.key and ca.crt, read again when they change; "
                     "default: certificates by a certificate authority of our own, in the Secret "
                     "mig-adapter-ca")
          ->check(CLI::ExistingDirectory);
  run.add_flag("--ca-bundle-injected", flags.ca_bundle_injected,
               "Leave the caBundle of the webhook's registration to another, such as "
               "cert-manager's injector")
      ->needs(folder);
  add_duration(run, "--ca-lifetime", flags.lifetimes.authority, std::chrono::seconds(10),
               "Life of a certificate authority of our own, such as 365d (the default); its "
               "successor comes after two thirds of it");
  add_duration(run, "--certificate-lifetime", flags.lifetimes.leaf, std::chrono::seconds(3),
               "Life of a certificate that it signs, such as 7d (the default), at most a third of "
               "its authority's; renewed after two thirds of it");
}

void add_client_flags(CLI::App& run, RunFlags& flags) {
  CLI::Option* file = run.add_option("--client-ca-file", flags.client_ca_file,
                                     "Serve the webhook only to clients with a certificate of "
                                     "these authorities; the API server has one where its "
                                     "AdmissionConfiguration says so")
                          ->check(CLI::ExistingFile);
  run.add_option("--client-allowed-name", flags.client_names,
                 "Common or DNS name that such a certificate must have; may be given several times")
      ->needs(file);
  CLI::Option* listen = run.add_option("--metrics-listen", flags.metrics_listen,
                                       "ADDRESS:PORT of /metrics, over TLS; default: none");
  const std::map<std::string, bool> authentications{{"token", true}, {"none", false}};
  run.add_option("--metrics-authentication", flags.metrics_authentication,
                 "token: who may `get /metrics` by the cluster's own access rules (the default); "
                 "none: everybody, without TLS, on a loopback address only")
      ->transform(CLI::CheckedTransformer(authentications))
      ->needs(listen);
}

void check_together(const RunFlags& flags) {
  if (flags.lifetimes.leaf * 3 > flags.lifetimes.authority)
    throw CLI::ValidationError("--certificate-lifetime",
                               "must be at most a third of --ca-lifetime");
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

void add_owner_flags(CLI::App& run, RunFlags& flags) {
  const auto take = [&flags](const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      base::Result<cluster::OwnerType> type = parse_owner_kind(text);
      if (!type.ok()) throw CLI::ValidationError(type.error().message());
      flags.owner_kinds.push_back(*std::move(type));
    }
  };
  run.add_option_function<std::vector<std::string>>(
         "--owner-kind", take,
         "GROUP/KIND of a custom controller that recreates each deleted pod as it was, one for "
         "one; "
         "may be repeated")
      ->expected(1)
      ->take_all();
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
  add_lease_flags(run, flags);
  add_webhook_flags(run, flags);
  add_certificate_flags(run, flags);
  add_client_flags(run, flags);
  add_policy_flags(run, flags);
  add_scheduler_flags(run, flags);
  add_owner_flags(run, flags);
  add_log_flags(run, flags);
  try {
    app.parse(argc, argv);
    check_together(flags);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return flags;
}

}  // namespace migadapter::app
