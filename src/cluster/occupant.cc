#include "cluster/occupant.h"

namespace migadapter::cluster {

base::Name occupied_node(const Occupant& pod) {
  if (pod.finished()) return base::Name();
  return pod.bound() ? pod.node : pod.nominated_node;
}

const Labels& labels_of(const Occupant& pod) {
  static const Labels none;
  return pod.labels == nullptr ? none : *pod.labels;
}

}  // namespace migadapter::cluster
