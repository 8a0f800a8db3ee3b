#include "cluster/resources.h"

#include <algorithm>

namespace migadapter::cluster {
namespace {

bool before(const ResourceAmount& amount, std::string_view resource) {
  return amount.resource.view() < resource;
}

}  // namespace

ResourceList::ResourceList(std::initializer_list<ResourceAmount> amounts) {
  for (const ResourceAmount& amount : amounts) add(amount.resource, amount.amount);
}

std::int64_t ResourceList::of(std::string_view resource) const {
  const auto place = std::lower_bound(begin(), end(), resource, before);
  return place != end() && place->resource == resource ? place->amount : 0;
}

void ResourceList::set(const base::Name& resource, std::int64_t amount) {
  if (of(resource.view()) == amount) return;
  std::vector<ResourceAmount>& amounts = amounts_.change();
  const auto place = std::lower_bound(amounts.begin(), amounts.end(), resource.view(), before);
  const bool listed = place != amounts.end() && place->resource == resource;
  if (!listed) {
    amounts.insert(place, ResourceAmount{resource, amount});
  } else if (amount != 0) {
    place->amount = amount;
  } else {
    amounts.erase(place);
  }
}

void ResourceList::add(const ResourceList& other) {
  for (const ResourceAmount& amount : other) add(amount.resource, amount.amount);
}

void ResourceList::subtract(const ResourceList& other) {
  for (const ResourceAmount& amount : other) add(amount.resource, -amount.amount);
}

void ResourceList::raise_to(const ResourceList& other) {
  for (const ResourceAmount& amount : other) {
    set(amount.resource, std::max(of(amount.resource.view()), amount.amount));
  }
}

}  // namespace migadapter::cluster
