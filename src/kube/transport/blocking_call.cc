#include "kube/transport/blocking_call.h"

#include <future>
#include <memory>

namespace migadapter::kube {

base::Result<HttpResponse> send_and_wait(HttpTransport& transport, HttpRequest request) {
  // Shared, because the transport's thread may still be inside set_value when the wait is over.
  const auto answer = std::make_shared<std::promise<base::Result<HttpResponse>>>();
  auto arrived = answer->get_future();
  transport.send(std::move(request), [answer](base::Result<HttpResponse> response) {
    answer->set_value(std::move(response));
  });
  return arrived.get();
}

}  // namespace migadapter::kube
