// What every pod is to the others: it takes room on a node, and it is a neighbour.
#pragma once

#include <memory>

#include "base/name.h"
#include "cluster/constraints.h"
#include "cluster/quota.h"
#include "cluster/resources.h"

namespace migadapter::cluster {

enum class PodPhase { pending, running, succeeded, failed, unknown };

/// All that is kept of a pod that asks for no MIG instance, and the part of one that does which
/// others may ask about. There are a hundred thousand of them, so every byte counts.
struct Occupant {
  base::Name name_space;
  base::Name uid;
  base::Name node;  ///< spec.nodeName; empty until bound
  base::Name
      nominated_node;     ///< status.nominatedNodeName (KEP-5278: the scheduler's plan of record)
  ResourceList requests;  ///< effective requests with overhead, MIG resources included
  std::shared_ptr<const Constraints> constraints;  ///< never nullptr in a stored pod
  std::shared_ptr<const Labels> labels;            ///< nullptr without any
  QuotaClass quota_class;
  PodPhase phase = PodPhase::pending;
  bool terminating = false;  ///< metadata.deletionTimestamp is set

  bool bound() const { return !node.empty(); }
  bool finished() const { return phase == PodPhase::succeeded || phase == PodPhase::failed; }
  friend bool operator==(const Occupant&, const Occupant&) = default;
};

/// The node whose room the pod takes: where it is bound, terminating or not, else where the
/// scheduler has nominated it. Empty when it has neither, or has finished.
base::Name occupied_node(const Occupant& pod);

/// The pod's labels; valid as long as the pod is, or for ever when it has none.
const Labels& labels_of(const Occupant& pod);

}  // namespace migadapter::cluster
