#include "kube/token_access.h"

#include <boost/json.hpp>
#include <utility>

#include "kube/codec/json_reader.h"
#include "kube/transport/api_status.h"
#include "kube/transport/blocking_call.h"

namespace migadapter::kube {
namespace {

namespace json = boost::json;

constexpr std::string_view kTokenReview = "reviewing a token";
constexpr std::string_view kAccessReview = "reviewing access";

std::vector<std::string> texts_of(JsonField array) {
  std::vector<std::string> texts;
  for (const JsonField item : array.items()) texts.emplace_back(item.text());
  return texts;
}

TokenOwner decode_owner(JsonField user) {
  TokenOwner owner;
  owner.name = user.at("username").text();
  owner.uid = user.at("uid").text();
  owner.groups = texts_of(user.at("groups"));
  for (const JsonField::Entry entry : user.at("extra").entries())
    owner.extra.emplace(entry.key, texts_of(entry.value));
  return owner;
}

json::array to_json(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

base::Result<std::string> ask(HttpTransport& transport, std::string path, std::string body,
                              std::string_view what) {
  HttpRequest request;
  request.method = "POST";
  request.path = std::move(path);
  request.body = std::move(body);
  request.timeout = kAccessTimeout;
  auto answer = send_and_wait(transport, std::move(request));
  if (base::Status status = status_of(answer, what); !status.ok()) return status.error();
  return std::move(answer->body);
}

base::Error unreadable(std::string_view what, std::string_view problem) {
  return base::Error(base::ErrorCode::invalid_argument, std::string(problem)).with_context(what);
}

}  // namespace

std::string encode_token_review(const std::string& token) {
  return json::serialize(json::object{{"apiVersion", "authentication.k8s.io/v1"},
                                      {"kind", "TokenReview"},
                                      {"spec", json::object{{"token", token}}}});
}

base::Result<std::optional<TokenOwner>> decode_token_review(std::string_view answer) {
  JsonReader reader;
  const auto root = reader.read(answer);
  if (!root.ok()) return root.error().with_context(kTokenReview);
  const JsonField status = root->at("status");
  std::optional<TokenOwner> owner;
  if (status.at("authenticated").flag()) owner = decode_owner(status.at("user"));
  if (reader.problem()) return unreadable(kTokenReview, *reader.problem());
  if (owner.has_value() && owner->name.empty())
    return unreadable(kTokenReview, "status.user.username is missing");
  return owner;
}

std::string encode_path_review(const TokenOwner& owner, const std::string& path) {
  json::object spec{{"user", owner.name},
                    {"uid", owner.uid},
                    {"groups", to_json(owner.groups)},
                    {"nonResourceAttributes", json::object{{"path", path}, {"verb", "get"}}}};
  json::object extra;
  for (const auto& [key, values] : owner.extra) extra[key] = to_json(values);
  spec["extra"] = std::move(extra);
  return json::serialize(json::object{{"apiVersion", "authorization.k8s.io/v1"},
                                      {"kind", "SubjectAccessReview"},
                                      {"spec", std::move(spec)}});
}

base::Result<bool> decode_path_review(std::string_view answer) {
  JsonReader reader;
  const auto root = reader.read(answer);
  if (!root.ok()) return root.error().with_context(kAccessReview);
  const bool allowed = root->at("status").at("allowed").flag();
  const bool denied = root->at("status").at("denied").flag();
  if (reader.problem()) return unreadable(kAccessReview, *reader.problem());
  return allowed && !denied;
}

base::Result<std::optional<TokenOwner>> owner_of_token(HttpTransport& transport,
                                                       const std::string& token) {
  const auto answer = ask(transport, "/apis/authentication.k8s.io/v1/tokenreviews",
                          encode_token_review(token), kTokenReview);
  if (!answer.ok()) return answer.error();
  return decode_token_review(*answer);
}

base::Result<bool> may_get_path(HttpTransport& transport, const TokenOwner& owner,
                                const std::string& path) {
  const auto answer = ask(transport, "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                          encode_path_review(owner, path), kAccessReview);
  if (!answer.ok()) return answer.error();
  return decode_path_review(*answer);
}

}  // namespace migadapter::kube
