// Writes of MigRules, each with what must still be true.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/name.h"
#include "base/result.h"
#include "cluster/rule.h"
#include "kube/http.h"

namespace migadapter::kube {

inline constexpr std::string_view kRulesPath = "/apis/migadapter.io/v1alpha1/migrules";

/// What the API server has made of a rule.
struct RuleVersion {
  base::Name uid;
  std::string resource_version;
};

/// Thread-safe. `done` is called on the transport's thread. An error unavailable or timeout leaves
/// open whether the write was carried out: the watch will tell.
class RuleWriter {
 public:
  using Done = std::function<void(base::Result<RuleVersion>)>;

  virtual ~RuleWriter() = default;

  /// Errors: already_exists; forbidden where the namespace is being deleted; not_found where the
  /// namespace or the kind is missing; invalid_argument.
  virtual void create(const cluster::Rule& rule, Done done) = 0;

  /// Writes rule.status. Errors: conflict when the object is no longer that of rule.uid and
  /// rule.resource_version, not_found when it is gone.
  virtual void write_status(const cluster::Rule& rule, Done done) = 0;

  /// Deletes the object of rule.uid and rule.resource_version. Errors: as for write_status. The
  /// version answered is the rule's own.
  virtual void remove(const cluster::Rule& rule, Done done) = 0;
};

std::unique_ptr<RuleWriter> make_rule_writer(HttpTransport& transport);

}  // namespace migadapter::kube
