// Several kubeconfig files as one.
// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "kube/credentials/kubeconfig_file.h"

namespace migadapter::kube {

/// The entry of that name, or nullptr.
template <typename Entry>
const Entry* find_entry(const std::vector<Entry>& entries, const std::string& name) {
  for (const Entry& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

/// Reads the files; the first one to set a value wins. Missing files are skipped as long as one is
/// there, as kubectl does. Errors: not_found when none is, else those of parse_kubeconfig.
base::Result<Kubeconfig> read_merged_kubeconfig(const std::vector<std::string>& files);

}  // namespace migadapter::kube
