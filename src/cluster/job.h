// What a Job makes of the end of a pod.
#pragma once

#include <vector>

namespace migadapter::cluster {

/// One rule of spec.podFailurePolicy. It matches by exit codes, or by conditions of the pod of
/// which any may match.
struct FailureRule {
  bool ignores = false;        ///< action Ignore: the pod does not count as failed
  bool on_conditions = false;  ///< onPodConditions, else onExitCodes
  bool on_disruption = false;  ///< … and DisruptionTarget=True, which an eviction sets, is one
  friend bool operator==(const FailureRule&, const FailureRule&) = default;
};

struct JobTerms {
  bool indexed = false;               ///< completionMode Indexed: each pod has its own index
  bool suspended = false;             ///< spec.suspend
  bool finished = false;              ///< complete or failed, or about to be: no pod comes any more
  bool managed_elsewhere = false;     ///< spec.managedBy, or owned by anything but a CronJob
  bool replaces_terminating = false;  ///< podReplacementPolicy TerminatingOrFailed
  std::vector<FailureRule> failure_rules;  ///< the first that matches counts
  friend bool operator==(const JobTerms&, const JobTerms&) = default;
};

}  // namespace migadapter::cluster
