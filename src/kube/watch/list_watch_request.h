// The requests of one kind's list and watch, and how long to wait between failures.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/rng.h"
#include "kube/cluster_watch.h"
#include "kube/http.h"

namespace migadapter::kube {

/// Objects per page of a list.
inline constexpr int kPageSize = 500;
/// Bookmarks come about once a minute; a watch that is silent for longer is taken for dead.
inline constexpr base::Millis kSilentWatch{150'000};
/// A list that stops half-way is taken for dead.
inline constexpr base::Millis kSilentList{30'000};

/// What is listed and watched.
struct Collection {
  WatchedKind kind = WatchedKind::pods;
  std::string name_space;  ///< our own, for the kinds that are looked at nowhere else
};

/// A page of the list; an empty token means the first. Pods that have ended are left out: they
/// occupy nothing, and the server reports a pod that ends as deleted.
HttpRequest list_request(const Collection& collection, const std::string& continue_token);

/// The watch from after `resource_version`, to be ended by the server after `seconds`.
HttpRequest watch_request(const Collection& collection, const std::string& resource_version,
                          int seconds);

/// Waits of 0.8 s that double up to 30 s, each stretched at random up to twice itself; from the
/// start again when two minutes passed without a failure. As client-go's reflector does.
/// https://github.com/kubernetes/client-go/blob/master/tools/cache/reflector.go
class BackOff {
 public:
  /// How long to wait after a failure at `now`.
  base::Millis next(base::MonotonicTime now, base::Rng& random);

 private:
  base::Millis wait_{};
  std::optional<base::MonotonicTime> last_failure_;
};

}  // namespace migadapter::kube
