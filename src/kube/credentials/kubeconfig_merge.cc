#include "kube/credentials/kubeconfig_merge.h"

#include <fmt/format.h>

#include "kube/credentials/credential_file.h"

namespace migadapter::kube {
namespace {

/// Adds what `from` has under names that are not taken: the first file to set a name wins.
template <typename Entry>
void merge_entries(std::vector<Entry>& into, std::vector<Entry> from) {
  for (Entry& entry : from) {
    if (find_entry(into, entry.name) == nullptr) into.push_back(std::move(entry));
  }
}

void merge(Kubeconfig& into, Kubeconfig from) {
  if (into.current_context.empty()) into.current_context = std::move(from.current_context);
  merge_entries(into.clusters, std::move(from.clusters));
  merge_entries(into.users, std::move(from.users));
  merge_entries(into.contexts, std::move(from.contexts));
}

}  // namespace

base::Result<Kubeconfig> read_merged_kubeconfig(const std::vector<std::string>& files) {
  Kubeconfig merged;
  bool any = false;
  for (const std::string& file : files) {
    const auto text = read_credential_file(file);
    if (!text.ok() && text.error().code() == base::ErrorCode::not_found) continue;
    if (!text.ok()) return text.error();
    auto parsed = parse_kubeconfig(*text, file);
    if (!parsed.ok()) return parsed.error();
    merge(merged, std::move(*parsed));
    any = true;
  }
  if (any) return merged;
  return base::Error(base::ErrorCode::not_found,
                     fmt::format("{}: no such kubeconfig file", fmt::join(files, ", ")));
}

}  // namespace migadapter::kube
