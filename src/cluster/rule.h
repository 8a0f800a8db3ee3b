// "The next pod of this owner with this demand gets this grant", until it expires.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/name.h"
#include "cluster/pod.h"

namespace migadapter::cluster {

enum class RulePurpose { upgrade, restore };

/// A rule for one pod to come. `grant` equals `demand` when a restore gives back what was asked
/// for: then the pod is only marked, so that its arrival can be confirmed.
struct Rule {
  std::string id;  ///< unique in the cluster; written to the pod's annotation migadapter.io/rule
  RulePurpose purpose = RulePurpose::upgrade;
  base::Name name_space;
  OwnerReference owner;
  std::string pod_name;          ///< StatefulSet: the name that comes back; empty otherwise
  std::string completion_index;  ///< Indexed Job: the index that comes back; empty otherwise
  MigRequests demand;            ///< what the pod must ask for, exactly, for the rule to match
  base::Name demand_resource;
  base::Name grant_resource;
  base::WallTime expires{};
  friend bool operator==(const Rule&, const Rule&) = default;
};

}  // namespace migadapter::cluster
