#include "kube/codec/grant_codec.h"

#include <algorithm>

#include "cluster/annotations.h"
#include "mig/profile.h"

namespace migadapter::kube {
namespace {

bool has_container(const std::vector<PodContainer>& containers, std::string_view name) {
  return std::any_of(containers.begin(), containers.end(), [name](const PodContainer& container) {
    return container.field.at("name").text() == name;
  });
}

bool names_only(const std::vector<PodContainer>& containers, JsonField record) {
  for (const JsonField::Entry entry : record.entries()) {
    if (!has_container(containers, entry.key)) return false;
  }
  return true;
}

/// The entries of one container of our own annotation; a count that is none is complained about.
void append_demand(const PodContainer& container, JsonField counts, base::NamePool& names,
                   cluster::MigRequests& demand) {
  for (const JsonField::Entry entry : counts.entries()) {
    const std::int64_t count = entry.value.integer();
    if (count <= 0 || count > kMostAmount || !mig::is_mig_resource(entry.key)) {
      entry.value.complain("expected a positive count of a MIG resource");
    }
    demand.push_back({names.intern(container.field.at("name").text()), container.kind,
                      names.intern(entry.key), count});
  }
}

}  // namespace

std::optional<cluster::GrantRecord> GrantCodec::decode(
    JsonField annotations, const std::vector<PodContainer>& containers) {
  const JsonField demand = annotations.at(cluster::kDemandAnnotation);
  const JsonField original = annotations.at(kGoAdapterAnnotation);
  if (!demand.present() && !original.present()) return std::nullopt;
  std::optional<cluster::MigRequests> requests = demand.present()
                                                     ? decode_demand(demand.text(), containers)
                                                     : decode_original(original.text(), containers);
  if (!requests) return std::nullopt;
  const JsonField rule = demand.present() ? annotations.at(cluster::kRuleAnnotation) : JsonField();
  return cluster::GrantRecord{std::move(*requests), std::string(rule.text())};
}

std::optional<cluster::MigRequests> GrantCodec::decode_demand(
    std::string_view annotation, const std::vector<PodContainer>& containers) {
  const base::Result<JsonField> record = reader_.read(annotation);
  if (!record.ok()) return std::nullopt;
  cluster::MigRequests demand;
  for (const PodContainer& container : containers) {
    append_demand(container, record->at(container.field.at("name").text()), names_, demand);
  }
  const bool whole = names_only(containers, *record) && !demand.empty();
  return whole && !reader_.problem() ? std::optional(std::move(demand)) : std::nullopt;
}

std::optional<cluster::MigRequests> GrantCodec::decode_original(
    std::string_view annotation, const std::vector<PodContainer>& containers) {
  const base::Result<JsonField> record = reader_.read(annotation);
  if (!record.ok()) return std::nullopt;
  cluster::MigRequests demand;
  for (const PodContainer& container : containers) {
    const JsonField original = record->at(container.field.at("name").text());
    const JsonField resources = original.present() ? original : container.field.at("resources");
    for (cluster::MigRequest& request :
         decode_container_mig_requests(container, resources, names_)) {
      demand.push_back(std::move(request));
    }
  }
  const bool whole = names_only(containers, *record) && !demand.empty();
  return whole && !reader_.problem() ? std::optional(std::move(demand)) : std::nullopt;
}

}  // namespace migadapter::kube
