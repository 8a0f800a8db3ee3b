#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "kube/access.h"
#include "kube/codec/base64.h"
#include "kube/credentials/credential_folder.h"
#include "kube/credentials/kubeconfig_file.h"

namespace migadapter::kube {
namespace {

constexpr const char* kPem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/// A complete kubeconfig with the given bodies of its only cluster and user.
std::string kubeconfig(const std::string& cluster, const std::string& user) {
  return fmt::format(
      "apiVersion: v1\nkind: Config\ncurrent-context: lab\n"
      "clusters: [{{name: lab, cluster: {{{}}}}}]\n"
      "users: [{{name: admin, user: {{{}}}}}]\n"
      "contexts: [{{name: lab, context: {{cluster: lab, user: admin, namespace: team}}}}]\n",
      cluster, user);
}

class KubeconfigTest : public testing::Test {
 protected:
  base::Result<Access> load(const std::string& content, const std::string& context = "") {
    return load_kubeconfig(folder_.write("config", content), context, clock_);
  }
  Identity identity_of(const base::Result<Access>& access) {
    const auto identity = access->identity->current();
    EXPECT_TRUE(identity.ok());
    return *identity;
  }

  CredentialFolder folder_;
  base::ManualClock clock_;
};

TEST_F(KubeconfigTest, InlineCredentialsAreDecoded) {
  const auto access = load(
      kubeconfig(fmt::format("server: 'https://10.0.0.1:6443/', certificate-authority-data: {}",
                             to_base64(kPem)),
                 fmt::format("token: secret, client-certificate-data: {0}, client-key-data: {0}",
                             to_base64(kPem))));
  ASSERT_TRUE(access.ok()) << access.error().message();
  EXPECT_EQ(access->server, "https://10.0.0.1:6443");
  EXPECT_EQ(access->default_namespace, "team");
  EXPECT_EQ(*access->trust->current(), kPem);
  EXPECT_EQ(identity_of(access).bearer_token, "secret");
  EXPECT_EQ(identity_of(access).certificate->certificate_pem, kPem);
  EXPECT_EQ(identity_of(access).certificate->key_pem, kPem);
}

TEST_F(KubeconfigTest, FilesAreRelativeToTheKubeconfigAndReadAgain) {
  folder_.write("pki/ca.crt", "authorities 1");
  folder_.write("pki/token", "token-1\n");
  const auto access = load(kubeconfig("server: 'https://a', certificate-authority: pki/ca.crt",
                                      "token: overruled, tokenFile: pki/token"));
  ASSERT_TRUE(access.ok()) << access.error().message();
  EXPECT_EQ(*access->trust->current(), "authorities 1");
  EXPECT_EQ(identity_of(access).bearer_token, "token-1");
  folder_.write("pki/ca.crt", "authorities 2");
  folder_.write("pki/token", "token-2\n");
  EXPECT_EQ(identity_of(access).bearer_token, "token-1") << "read a moment ago";
  clock_.advance(std::chrono::minutes(1));
  EXPECT_EQ(*access->trust->current(), "authorities 2");
  EXPECT_EQ(identity_of(access).bearer_token, "token-2");
}

TEST_F(KubeconfigTest, TlsFieldsAreKept) {
  const auto access = load(
      kubeconfig("server: 'https://a', insecure-skip-tls-verify: true, tls-server-name: b", ""));
  ASSERT_TRUE(access.ok()) << access.error().message();
  EXPECT_TRUE(access->insecure_skip_tls_verify);
  EXPECT_EQ(access->tls_server_name, "b");
  EXPECT_EQ(identity_of(access).bearer_token, "");
}

constexpr const char* kTwoContexts = R"(
clusters: [{name: one, cluster: {server: 'https://one'}}, {name: two, cluster: {server: 'https://two'}}]
users: [{name: a, user: {token: token-a}}, {name: b, user: {token: token-b}}]
contexts:
- {name: first, context: {cluster: one, user: a}}
- {name: second, context: {cluster: two, user: b}}
- {name: nobody, context: {cluster: two}}
current-context: first
)";

TEST_F(KubeconfigTest, TheNamedContextGoesBeforeTheCurrentOne) {
  EXPECT_EQ(load(kTwoContexts)->server, "https://one");
  const auto second = load(kTwoContexts, "second");
  EXPECT_EQ(second->server, "https://two");
  EXPECT_EQ(identity_of(second).bearer_token, "token-b");
}

TEST_F(KubeconfigTest, AContextWithoutUserIsAnonymous) {
  EXPECT_EQ(identity_of(load(kTwoContexts, "nobody")).bearer_token, "");
}

/// Sets a variable of the environment until the end of its scope.
class EnvironmentVariable {
 public:
  EnvironmentVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;
  ~EnvironmentVariable() { ::setenv(name_, old_.c_str(), 1); }

 private:
  const char* name_;
  std::string old_;
};

TEST_F(KubeconfigTest, TheFilesOfTheEnvironmentAreMergedFirstOneFirst) {
  folder_.write("one", "current-context: lab\nusers: [{name: u, user: {token: first}}]");
  folder_.write("two", R"(
current-context: other
users: [{name: u, user: {token: second}}]
clusters: [{name: c, cluster: {server: 'https://c'}}]
contexts: [{name: lab, context: {cluster: c, user: u}}])");
  const EnvironmentVariable variable(
      "KUBECONFIG",
      fmt::format("{}:{}:{}", folder_.path("missing"), folder_.path("one"), folder_.path("two")));
  const auto access = load_kubeconfig("", "", clock_);
  ASSERT_TRUE(access.ok()) << access.error().message();
  EXPECT_EQ(access->server, "https://c");
  EXPECT_EQ(identity_of(access).bearer_token, "first");
}

TEST_F(KubeconfigTest, WithoutTheVariableTheFileInTheHomeFolderIsRead) {
  folder_.write(".kube/config", kTwoContexts);
  const EnvironmentVariable variable("KUBECONFIG", "");
  const EnvironmentVariable home("HOME", folder_.path(""));
  EXPECT_TRUE(load_kubeconfig("", "", clock_).ok());
}

TEST_F(KubeconfigTest, AMissingFileIsNotFound) {
  const auto access = load_kubeconfig(folder_.path("missing"), "", clock_);
  ASSERT_FALSE(access.ok());
  EXPECT_EQ(access.error().code(), base::ErrorCode::not_found);
  EXPECT_NE(access.error().message().find(folder_.path("missing")), std::string::npos);
}

struct BadFile {
  std::string content;
  std::string problem;  ///< what follows the file's name in the message
};

const std::string kServer = "server: 'https://a'";
const std::string kExec = "apiVersion: client.authentication.k8s.io/v1, command: a";

std::vector<BadFile> bad_files() {
  return {
      {"- a\n- b\n", ": is not a kubeconfig"},
      {"kind: Pod\n", ": kind: must be Config"},
      {"clusters: {}\n", ": clusters: must be a list"},
      {"clusters: [a]\n", ": clusters[0]: must be a mapping"},
      {"clusters: [{cluster: {}}]\n", ": clusters[0].name: is required"},
      {"kind: Config\n", ": current-context: is not set and no context was named"},
      {"current-context: a\n", ": contexts: there is no \"a\""},
      {"current-context: a\ncontexts: [{name: a, context: {cluster: b}}]\n",
       ": contexts[0].context.cluster: there is no cluster \"b\""},
      {"current-context: a\nclusters: [{name: b, cluster: {server: 'https://a'}}]\n"
       "contexts: [{name: a, context: {cluster: b, user: c}}]\n",
       ": contexts[0].context.user: there is no user \"c\""},
      {kubeconfig("", ""), ": clusters[0].cluster.server: is required"},
      {kubeconfig("server: 'a:443'", ""),
       ": clusters[0].cluster.server: \"a:443\" is not https://HOST:PORT"},
      {kubeconfig("server: 'https://u:p@a'", ""),
       ": clusters[0].cluster.server: \"https://u:p@a\" is not https://HOST:PORT"},
      {kubeconfig("server: [a]", ""), ": clusters[0].cluster.server: must be text"},
      {kubeconfig(kServer + ", proxy-url: 'http://p'", ""),
       ": clusters[0].cluster.proxy-url: proxies are not supported; remove the field"},
      {kubeconfig(kServer + ", insecure-skip-tls-verify: 1", ""),
       ": clusters[0].cluster.insecure-skip-tls-verify: must be true or false"},
      {kubeconfig(kServer + ", certificate-authority-data: '%'", ""),
       ": clusters[0].cluster.certificate-authority-data: is not base64"},
      {kubeconfig(kServer + ", certificate-authority-data: AAAA", ""),
       ": clusters[0].cluster.certificate-authority-data: does not hold PEM"},
      {kubeconfig(kServer + ", insecure-skip-tls-verify: true, certificate-authority: a", ""),
       ": clusters[0].cluster.insecure-skip-tls-verify: excludes certificate-authority and "
       "certificate-authority-data"},
      {kubeconfig(kServer + ", certificate-authority: /no/ca", ""),
       ": clusters[0].cluster.certificate-authority: /no/ca: No such file or directory"},
      {kubeconfig(kServer, "tokenFile: /no/token"),
       ": users[0].user: reading the token: /no/token: No such file or directory"},
      {kubeconfig(kServer, "client-certificate: a"), ": users[0].user.client-key: is required"},
      {kubeconfig(kServer, "client-key: a"), ": users[0].user.client-certificate: is required"},
      {kubeconfig(kServer, "username: a, password: b"),
       ": users[0].user.username: is not supported; use a token, a client certificate or exec"},
      {kubeconfig(kServer, "as: root"),
       ": users[0].user.as: is not supported; use a token, a client certificate or exec"},
      {kubeconfig(kServer, "exec: {command: a}"), ": users[0].user.exec.apiVersion: is required"},
      {kubeconfig(kServer, "exec: {apiVersion: v9, command: a}"),
       ": users[0].user.exec.apiVersion: \"v9\" is neither client.authentication.k8s.io/v1 nor "
       "client.authentication.k8s.io/v1beta1"},
      {kubeconfig(kServer, "exec: {" + kExec + "}"),
       ": users[0].user.exec.interactiveMode: is required for v1"},
      {kubeconfig(kServer, "exec: {" + kExec + ", interactiveMode: Maybe}"),
       ": users[0].user.exec.interactiveMode: must be Never, IfAvailable or Always"},
      {kubeconfig(kServer, "exec: {" + kExec + ", env: [{value: a}]}"),
       ": users[0].user.exec.env[0].name: is required"},
      {kubeconfig(kServer, "exec: {" + kExec + ", args: [[a]]}"),
       ": users[0].user.exec.args: must be a list of texts"},
  };
}

TEST_F(KubeconfigTest, ABadFileIsRefusedWithItsNameAndField) {
  for (const BadFile& bad : bad_files()) {
    const auto access = load(bad.content);
    ASSERT_FALSE(access.ok()) << bad.content;
    EXPECT_EQ(access.error().code(), base::ErrorCode::invalid_argument) << bad.content;
    EXPECT_EQ(access.error().message(), folder_.path("config") + bad.problem);
  }
}

TEST(ParseKubeconfig, TextThatIsNotYamlIsRefusedWithItsPlace) {
  const auto parsed = parse_kubeconfig("a: [1, 2\nb: }", "file");
  ASSERT_FALSE(parsed.ok());
  EXPECT_TRUE(parsed.error().message().starts_with("file: yaml-cpp: error at line"))
      << parsed.error().message();
}

TEST(ParseKubeconfig, AFileOfAliasesIsRefusedBeforeItIsBuilt) {
  std::string text = "a: &a [x]\nb: [";
  for (int i = 0; i < 1000; ++i) text += "*a,";
  const auto parsed = parse_kubeconfig(text + "]\n", "file");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().message(), "file: has too many YAML aliases");
}

TEST(ParseKubeconfig, DeepNestingIsRefused) {
  const auto parsed = parse_kubeconfig(std::string(100'000, '['), "file");
  EXPECT_FALSE(parsed.ok());
}

TEST(ParseKubeconfig, UnknownFieldsAndAnEmptyFileAreFine) {
  EXPECT_TRUE(parse_kubeconfig("", "file").ok());
  EXPECT_TRUE(parse_kubeconfig("preferences: {}\nextensions: []\nusers: null\n", "file").ok());
}

TEST(ParseKubeconfig, JsonIsFine) {
  const auto parsed = parse_kubeconfig(
      R"({"current-context": "a", "clusters": [{"name": "b", "cluster": {"server": "c"}}]})",
      "file");
  ASSERT_TRUE(parsed.ok()) << parsed.error().message();
  EXPECT_EQ(parsed->current_context, "a");
  EXPECT_EQ(parsed->clusters.at(0).server, "c");
}

TEST(ParseKubeconfig, ACommandWithASlashIsRelativeToTheFile) {
  const auto command_in = [](const std::string& command) {
    const auto parsed = parse_kubeconfig(
        "users: [{name: a, user: {exec: {apiVersion: b, command: " + command + "}}}]",
        "/etc/u/.kube/config");
    return parsed->users.at(0).exec.command;
  };
  EXPECT_EQ(command_in("plugin"), "plugin");
  EXPECT_EQ(command_in("./plugin"), "/etc/u/.kube/plugin");
  EXPECT_EQ(command_in("/bin/plugin"), "/bin/plugin");
}

}  // namespace
}  // namespace migadapter::kube
