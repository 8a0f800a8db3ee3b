// The command line of mig-adapter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/log.h"
#include "cluster/declared.h"
#include "decide/restore.h"
#include "lease_durations.h"
#include "webhook/certificates.h"

namespace migadapter::app {

/// Which parts of the program a process runs.
enum class Role { all, webhook, controller };

/// What `mig-adapter run` was told.
struct RunFlags {
  Role role = Role::all;
  std::string
      kubeconfig;  ///< empty: in cluster where that can be, else $KUBECONFIG or ~/.kube/config
  std::string context;
  std::string
      name_space;  ///< our own: Lease and probe; empty: the context's or the service account's
  std::string webhook_url;  ///< https://HOST[:PORT]; empty: the Service of the deployment
  std::string webhook_service = "mig-adapter";
  std::string webhook_listen;  ///< ADDRESS:PORT; empty: every address, at the URL's port or 9443
  std::string certificate_folder;   ///< empty: a CA of our own
  bool ca_bundle_injected = false;  ///< another keeps the caBundle of our registration
  webhook::CertificateLifetimes lifetimes;
  std::string client_ca_file;             ///< empty: clients need no certificate
  std::vector<std::string> client_names;  ///< of those certificates; empty: any
  std::string metrics_listen;             ///< empty: no metrics
  bool metrics_authentication = true;
  std::string health_listen = "0.0.0.0:8081";
  base::LogFormat log_format = base::LogFormat::json;
  base::LogLevel log_level = base::LogLevel::info;
  decide::RestoreMode restore = decide::RestoreMode::eager;
  std::int64_t minimum_run_seconds = 0;
  std::vector<cluster::OwnerType> owner_kinds;  ///< that recreate pods, beside those we know
  bool leader_election = true;
  LeaseDurations lease;
  bool register_crds = true;                  ///< outside the cluster
  std::vector<std::string> scheduler_names;   ///< those that run default-scheduler's filters
  bool tolerates_extended_resources = false;  ///< admission plugin ExtendedResourceToleration is on
};

/// Reads the command line. Holds an exit code where nothing is left to do: --help, --version, or a
/// mistake, which is then on standard error.
std::variant<RunFlags, int> parse_flags(int argc, char** argv);

}  // namespace migadapter::app
