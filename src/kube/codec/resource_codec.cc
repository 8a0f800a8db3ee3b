#include "kube/codec/resource_codec.h"

#include <algorithm>

#include "kube/codec/quantity.h"
#include "mig/profile.h"

namespace migadapter::kube {
namespace {

/// A name with a domain that is not Kubernetes' own.
/// https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#extended-resources
bool is_extended_resource(std::string_view resource) {
  return resource.find('/') != std::string_view::npos &&
         resource.find("kubernetes.io/") == std::string_view::npos;
}

void decode_container(const PodContainer& container, JsonField resources, base::NamePool& names,
                      std::vector<cluster::ReviewedContainer>& found) {
  const JsonField limits = resources.at("limits");
  const JsonField requests = resources.at("requests");
  const auto add = [&](const JsonField::Entry& entry) {
    const std::int64_t count = decode_amount(entry.key, entry.value);
    if (count == 0) return;
    const base::Name name = names.intern(container.field.at("name").text());
    found.push_back({container.init, container.index,
                     cluster::MigRequest{name, container.kind, names.intern(entry.key), count},
                     limits.at(entry.key).present(), requests.at(entry.key).present()});
  };
  for (const JsonField::Entry entry : limits.entries()) {
    if (mig::is_mig_resource(entry.key)) add(entry);
  }
  for (const JsonField::Entry entry : requests.entries()) {
    if (mig::is_mig_resource(entry.key) && !limits.at(entry.key).present()) add(entry);
  }
}

}  // namespace

bool is_counted_resource(std::string_view resource) {
  return resource == "cpu" || resource == "memory" || resource == "ephemeral-storage" ||
         resource == "pods" || resource.starts_with("hugepages-") || is_extended_resource(resource);
}

std::int64_t decode_amount(std::string_view resource, JsonField quantity) {
  const QuantityUnit unit = resource == "cpu" ? QuantityUnit::thousandth : QuantityUnit::one;
  const std::string digits = quantity.is_number() ? std::to_string(quantity.integer()) : "";
  const std::string_view text = digits.empty() ? quantity.text() : std::string_view(digits);
  if (!quantity.present()) return 0;
  const base::Result<std::int64_t> amount = parse_quantity(text, unit);
  if (amount.ok() && *amount >= 0) return std::min(*amount, kMostAmount);
  quantity.complain(amount.ok() ? "negative quantity" : amount.error().message());
  return 0;
}

cluster::ResourceList decode_resources(JsonField map, base::NamePool& names) {
  cluster::ResourceList resources;
  for (const JsonField::Entry entry : map.entries()) {
    if (!is_counted_resource(entry.key)) continue;
    resources.set(names.intern(entry.key), decode_amount(entry.key, entry.value));
  }
  return resources;
}

cluster::ResourceList decode_requests(JsonField resources, base::NamePool& names) {
  const JsonField requests = resources.at("requests");
  cluster::ResourceList wanted = decode_resources(requests, names);
  for (const JsonField::Entry entry : resources.at("limits").entries()) {
    if (!is_counted_resource(entry.key) || requests.at(entry.key).present()) continue;
    wanted.set(names.intern(entry.key), decode_amount(entry.key, entry.value));
  }
  return wanted;
}

std::vector<PodContainer> pod_containers(JsonField spec) {
  using cluster::ContainerKind;
  std::vector<PodContainer> containers;
  std::size_t index = 0;
  for (const JsonField field : spec.at("initContainers").items()) {
    const bool sidecar = field.at("restartPolicy").text() == "Always";
    const ContainerKind kind = sidecar ? ContainerKind::sidecar : ContainerKind::init;
    containers.push_back({field, kind, true, index++});
  }
  index = 0;
  for (const JsonField field : spec.at("containers").items()) {
    containers.push_back({field, ContainerKind::app, false, index++});
  }
  return containers;
}

std::vector<cluster::ReviewedContainer> decode_mig_containers(
    const std::vector<PodContainer>& containers, base::NamePool& names) {
  std::vector<cluster::ReviewedContainer> found;
  for (const PodContainer& container : containers) {
    decode_container(container, container.field.at("resources"), names, found);
  }
  return found;
}

cluster::MigRequests decode_container_mig_requests(const PodContainer& container,
                                                   JsonField resources, base::NamePool& names) {
  std::vector<cluster::ReviewedContainer> found;
  decode_container(container, resources, names, found);
  cluster::MigRequests requests;
  for (cluster::ReviewedContainer& each : found) requests.push_back(std::move(each.request));
  return requests;
}

cluster::MigRequests decode_mig_requests(const std::vector<PodContainer>& containers,
                                         base::NamePool& names) {
  cluster::MigRequests requests;
  for (cluster::ReviewedContainer& container : decode_mig_containers(containers, names)) {
    requests.push_back(std::move(container.request));
  }
  return requests;
}

}  // namespace migadapter::kube
