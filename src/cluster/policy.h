// What people allow MIG-Adapter to do with which pods: the object MigPolicy.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/condition.h"
#include "cluster/label_selector.h"
#include "mig/profile.h"

namespace migadapter::cluster {

/// What is done with decisions.
enum class PolicyMode {
  off,      ///< the pods are left as they are
  observe,  ///< decisions are made and told, nothing is evicted
  enforce,
};

/// When upgraded pods are moved back. A restore restarts a running pod.
enum class RestoreMode {
  eager,        ///< as soon as a smaller grant fits
  when_needed,  ///< only when a waiting pod asks for what the restore frees
  never,
};

/// When a waiting pod is upgraded, and to what. The demand itself is always allowed.
struct UpgradePolicy {
  base::Millis after{0};  ///< a pod younger than this waits
  std::optional<mig::Profile> largest;
  std::vector<mig::Profile> allowed;  ///< empty: every profile
  friend bool operator==(const UpgradePolicy&, const UpgradePolicy&) = default;
};

/// When an upgraded pod is moved back.
struct RestorePolicy {
  RestoreMode mode = RestoreMode::eager;
  base::Millis minimum_run_time{0};  ///< a pod younger than this is left to run
  base::Millis hysteresis{0};        ///< for so long the restore must have been possible
  friend bool operator==(const RestorePolicy&, const RestorePolicy&) = default;
};

/// How many moves there may be of one owner, in one namespace or in the cluster. Without a number
/// there is no limit.
struct Budget {
  std::optional<std::int64_t> concurrent;  ///< under way at the same time
  std::optional<std::int64_t> per_hour;    ///< evictions within the last hour
  friend bool operator==(const Budget&, const Budget&) = default;
};

struct Budgets {
  Budget owner;
  Budget name_space;
  Budget cluster;
  friend bool operator==(const Budgets&, const Budgets&) = default;
};

/// What was last written to the object's status.
struct PolicyStatus {
  std::vector<Condition> conditions;
  std::int64_t observed_generation = 0;
  std::optional<std::int64_t> would_upgrade;  ///< mode observe: pods that would be moved now
  std::optional<std::int64_t> would_restore;
  friend bool operator==(const PolicyStatus&, const PolicyStatus&) = default;
};

/// One MigPolicy as its author wrote it, and what its status says.
struct Policy {
  base::Name name;
  base::Name uid;
  std::string resource_version;
  std::int64_t generation = 0;
  std::int32_t priority = 0;  ///< of several that select a pod the highest applies
  bool suspended = false;
  PolicyMode mode = PolicyMode::enforce;
  LabelSelector namespaces;
  LabelSelector pods;
  UpgradePolicy upgrade;
  std::optional<RestoreMode> restore_mode;  ///< nothing: the flags decide, here and below
  std::optional<base::Millis> minimum_run_time;
  base::Millis hysteresis{0};
  Budgets budgets;
  /// What is wrong with the spec: "spec.upgrade.largest: …". Such a policy is in force as if its
  /// mode were off, for whatever its selectors were read to select; empty: nothing is wrong.
  std::string problem;
  PolicyStatus status;
  friend bool operator==(const Policy&, const Policy&) = default;
};

}  // namespace migadapter::cluster
