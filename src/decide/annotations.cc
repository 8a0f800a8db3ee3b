#include "decide/annotations.h"

#include "decide/json_text.h"

namespace migadapter::decide {
namespace {

std::string entry(const cluster::MigRequest& request) {
  return quoted(request.resource.view()) + ':' + std::to_string(request.count);
}

}  // namespace

std::string to_annotation(const cluster::MigRequests& requests) {
  std::string json;
  const cluster::MigRequest* previous = nullptr;
  for (const cluster::MigRequest& request : requests) {
    const bool same_container = previous != nullptr && previous->container == request.container;
    if (same_container) {
      json += ',' + entry(request);
    } else {
      json += previous == nullptr ? "" : "},";
      json += quoted(request.container.view()) + ":{" + entry(request);
    }
    previous = &request;
  }
  return '{' + json + (previous == nullptr ? "}" : "}}");
}

}  // namespace migadapter::decide
