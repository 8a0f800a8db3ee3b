// Amounts of Kubernetes resources, as the scheduler counts them: cpu in thousandths of a core,
// everything else in units.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/copy_on_write.h"
#include "base/name.h"

namespace migadapter::cluster {

/// So much of one resource. `cpu` is in millicores; memory and storage are in bytes; devices are
/// whole numbers.
struct ResourceAmount {
  base::Name resource;
  std::int64_t amount = 0;
  friend bool operator==(const ResourceAmount&, const ResourceAmount&) = default;
};

/// Amounts by resource, ordered by name, without zeros: two lists that mean the same are equal.
/// Copies share their memory until one of them changes.
class ResourceList {
 public:
  ResourceList() = default;
  ResourceList(std::initializer_list<ResourceAmount> amounts);

  /// The amount of `resource`, 0 when it is not listed.
  std::int64_t of(std::string_view resource) const;
  void set(const base::Name& resource, std::int64_t amount);
  void add(const base::Name& resource, std::int64_t amount) {
    set(resource, of(resource.view()) + amount);
  }
  void add(const ResourceList& other);
  void subtract(const ResourceList& other);
  /// Raises each resource to what `other` has of it.
  void raise_to(const ResourceList& other);

  bool empty() const { return amounts_.get().empty(); }
  std::vector<ResourceAmount>::const_iterator begin() const { return amounts_.get().begin(); }
  std::vector<ResourceAmount>::const_iterator end() const { return amounts_.get().end(); }

  /// Whether no copy shares its memory. REQUIRES: not empty().
  bool is_only_holder() const { return amounts_.is_only_holder(); }

  friend bool operator==(const ResourceList&, const ResourceList&) = default;

 private:
  base::CopyOnWrite<std::vector<ResourceAmount>> amounts_;
};

}  // namespace migadapter::cluster
