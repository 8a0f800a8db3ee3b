// Moves that would be possible and are not done in this sweep.
#pragma once

#include <set>

#include "cluster/store.h"
#include "decide/upgrade.h"

namespace migadapter::controller {

/// Holds the room of such moves until the sweep ends, so that one free instance is not meant for
/// two pods. Confined to one thread.
class Intents {
 public:
  explicit Intents(cluster::Store& store) : store_(store) {}
  Intents(const Intents&) = delete;
  Intents& operator=(const Intents&) = delete;
  ~Intents() { clear(); }

  /// REQUIRES: !has(pod.uid).
  void add(const cluster::Pod& pod, const decide::Grant& grant);
  bool has(const base::Name& pod_uid) const { return pods_.contains(pod_uid); }
  void clear();

 private:
  cluster::Store& store_;
  std::set<base::Name> pods_;
};

}  // namespace migadapter::controller
