#include "kube/rule_writer.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <utility>

#include "kube/codec/json_reader.h"
#include "kube/codec/rule_codec.h"
#include "kube/transport/api_status.h"

namespace migadapter::kube {
namespace {

std::string collection_path(const cluster::Rule& rule) {
  return fmt::format("/apis/migadapter.io/v1alpha1/namespaces/{}/migrules", rule.name_space.view());
}

std::string preconditions(const cluster::Rule& rule) {
  return boost::json::serialize(boost::json::object{
      {"apiVersion", "v1"},
      {"kind", "DeleteOptions"},
      {"preconditions", {{"uid", rule.uid.view()}, {"resourceVersion", rule.resource_version}}}});
}

base::Result<RuleVersion> version_in(const HttpResponse& answer) {
  JsonReader reader;
  const base::Result<JsonField> object = reader.read(answer.body);
  if (!object.ok()) return object.error();
  const JsonField metadata = object->at("metadata");
  RuleVersion version{base::Name(metadata.at("uid").text()),
                      std::string(metadata.at("resourceVersion").text())};
  if (!version.uid.empty() && !version.resource_version.empty()) return version;
  return base::Error(base::ErrorCode::unavailable, "the answer has no uid or resourceVersion");
}

class ApiRuleWriter final : public RuleWriter {
 public:
  explicit ApiRuleWriter(HttpTransport& transport) : transport_(transport) {}

  void create(const cluster::Rule& rule, Done done) override {
    HttpRequest request;
    request.method = "POST";
    request.path = collection_path(rule);
    request.body = encode_rule(rule);
    send("creating", rule, std::move(request), std::move(done));
  }

  void write_status(const cluster::Rule& rule, Done done) override {
    HttpRequest request;
    request.method = "PATCH";
    request.path = fmt::format("{}/{}/status", collection_path(rule), rule.id);
    request.content_type = "application/merge-patch+json";
    request.body = encode_rule_status(rule);
    send("writing the status of", rule, std::move(request), std::move(done));
  }

  void remove(const cluster::Rule& rule, Done done) override {
    HttpRequest request;
    request.method = "DELETE";
    request.path = fmt::format("{}/{}", collection_path(rule), rule.id);
    request.body = preconditions(rule);
    const RuleVersion version{rule.uid, rule.resource_version};
    const std::string what = describe("deleting", rule);
    transport_.send(std::move(request), [done = std::move(done), what,
                                         version](const base::Result<HttpResponse>& answer) {
      const base::Status status = status_of(answer, what);
      done(status.ok() ? base::Result<RuleVersion>(version) : status.error());
    });
  }

 private:
  static std::string describe(std::string_view verb, const cluster::Rule& rule) {
    return fmt::format("{} MigRule {}/{}", verb, rule.name_space.view(), rule.id);
  }

  void send(std::string_view verb, const cluster::Rule& rule, HttpRequest request, Done done) {
    transport_.send(std::move(request), [done = std::move(done), what = describe(verb, rule)](
                                            const base::Result<HttpResponse>& answer) {
      const base::Status status = status_of(answer, what);
      done(status.ok() ? version_in(*answer) : status.error());
    });
  }

  HttpTransport& transport_;
};

}  // namespace

std::unique_ptr<RuleWriter> make_rule_writer(HttpTransport& transport) {
  return std::make_unique<ApiRuleWriter>(transport);
}

}  // namespace migadapter::kube
