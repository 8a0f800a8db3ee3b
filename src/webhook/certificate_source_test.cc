#include "webhook/certificate_source.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <future>

#include "webhook/authority_keeper.h"
#include "webhook/certificate_bundle.h"

namespace migadapter::webhook {
namespace {

using namespace std::chrono_literals;

const kube::SecretName kName{"mig", kAuthoritySecret};

/// An API server that holds one Secret and one webhook configuration, as far as they are asked for.
class OneSecretServer final : public kube::HttpTransport {
 public:
  void send(kube::HttpRequest request,
            std::function<void(base::Result<kube::HttpResponse>)> done) override {
    if (request.path.find("/secrets") == std::string::npos) {
      done(kube::HttpResponse{.status = 404, .body = "{}", .retry_after = {}});
    } else if (request.method == "GET") {
      done(kube::HttpResponse{
          .status = body_.empty() ? 404 : 200, .body = body_, .retry_after = {}});
    } else {
      done(write(request));
    }
  }
  std::unique_ptr<Stream> stream(kube::HttpRequest, std::shared_ptr<kube::HttpSink>) override {
    return nullptr;
  }
  void run_after(base::Millis, std::function<void()>) override {}

  void lose() { body_.clear(); }
  void hold(std::string body) { body_ = std::move(body); }
  /// Another process writes just before the next write of ours.
  void overtake_next_write() { overtakes_ = true; }
  int writes() const { return writes_; }
  const std::string& body() const { return body_; }

 private:
  kube::HttpResponse write(const kube::HttpRequest& request) {
    const bool fits = request.method == "POST" ? body_.empty() : is_current(request.body);
    if (std::exchange(overtakes_, false) || !fits) {
      return {.status = 409, .body = R"({"reason":"AlreadyExists"})", .retry_after = {}};
    }
    ++writes_;
    body_ = with_version(request.body);
    return {.status = 200, .body = body_, .retry_after = {}};
  }
  std::string version() const { return R"("resourceVersion":")" + std::to_string(writes_) + '"'; }
  bool is_current(const std::string& body) const {
    return body.find(version()) != std::string::npos;
  }
  std::string with_version(std::string body) const {
    if (const auto at = body.find(R"(,"resourceVersion")"); at != std::string::npos) {
      body.erase(at, body.find('"', at + 20) + 1 - at);
    }
    return body.insert(body.find(R"("name":)"), version() + ",");
  }

  std::string body_;
  int writes_ = 0;
  bool overtakes_ = false;
};

class CertificateSources : public testing::Test {
 protected:
  AuthorityKeeper keeper() { return {server_, clock_, log_, kName, {}}; }
  SigningSource source() { return {server_, clock_, kName, {"localhost"}, kLeaf}; }
  static std::string error_of(const auto& result) {
    return result.ok() ? "ok" : result.error().message();
  }

  static constexpr base::Millis kLeaf = CertificateLifetimes{}.leaf;
  OneSecretServer server_;
  base::ManualClock clock_{base::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1))};
  std::string logged_;
  base::Logger log_{clock_, base::LogFormat::text, base::LogLevel::debug,
                    [this](std::string_view line) { logged_ += line; }};
};

TEST_F(CertificateSources, AReplicaWaitsForTheSecretThenSignsOnce) {
  SigningSource replica = source();
  const auto early = replica.renewed();
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().code(), base::ErrorCode::not_found);
  AuthorityKeeper acting = keeper();
  ASSERT_TRUE(acting.keep().ok());
  EXPECT_TRUE(replica.renewed()->has_value());
  EXPECT_FALSE(replica.renewed()->has_value());
  clock_.advance(kLeaf);
  EXPECT_TRUE(replica.renewed()->has_value());
}

TEST_F(CertificateSources, TheAuthoritySignsAfterTheApiServerHasTrustedItForAWhile) {
  AuthorityKeeper acting = keeper();
  const std::string bundle = *acting.keep();
  acting.on_registered(bundle, "1");
  clock_.advance(59s);
  acting.on_registered(bundle, "2");  // somebody changed the configuration meanwhile
  clock_.advance(59s);
  ASSERT_TRUE(acting.keep().ok());
  EXPECT_EQ(server_.writes(), 1);
  acting.on_registered(bundle, "2");
  clock_.advance(1s);
  EXPECT_EQ(*acting.keep(), bundle);
  EXPECT_EQ(server_.writes(), 2);
  EXPECT_NE(logged_.find("signs from now on"), std::string::npos);
  EXPECT_EQ(*acting.keep(), bundle);
  EXPECT_EQ(server_.writes(), 2) << "nothing to do";
}

TEST_F(CertificateSources, AnAuthorityThatIsNotInTheBundleYetIsNotTrusted) {
  AuthorityKeeper acting = keeper();
  acting.on_registered("", "1");
  clock_.advance(1h);
  ASSERT_TRUE(acting.keep().ok());
  ASSERT_TRUE(acting.keep().ok());
  EXPECT_EQ(server_.writes(), 1);
}

TEST_F(CertificateSources, OfTwoThatCreateTheSecretOneReadsWhatTheOtherWrote) {
  AuthorityKeeper one = keeper();
  AuthorityKeeper other = keeper();
  server_.overtake_next_write();
  const auto lost = one.keep();
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code(), base::ErrorCode::already_exists);
  const std::string bundle = *other.keep();
  EXPECT_EQ(*one.keep(), bundle);
}

TEST_F(CertificateSources, ASecretOfSomebodyElseIsLeftAlone) {
  const std::string foreign = R"({"metadata":{"name":"a","resourceVersion":"0"},"data":{}})";
  server_.hold(foreign);
  AuthorityKeeper acting = keeper();
  const std::string text = error_of(acting.keep());
  EXPECT_NE(text.find("Secret mig/mig-adapter-ca is not ours"), std::string::npos) << text;
  EXPECT_NE(text.find("delete it"), std::string::npos) << text;
  SigningSource replica = source();
  EXPECT_EQ(error_of(replica.renewed()), text);
  EXPECT_EQ(server_.body(), foreign);
}

TEST_F(CertificateSources, ADamagedSecretOfOursIsReplacedAndWaitedFor) {
  server_.hold(
      kube::encode_secret(kName, {.resource_version = "0", .data = {{"tls.crt", "hush"}}}));
  SigningSource replica = source();
  const auto waiting = replica.renewed();
  ASSERT_FALSE(waiting.ok());
  EXPECT_EQ(waiting.error().code(), base::ErrorCode::unavailable);
  AuthorityKeeper acting = keeper();
  ASSERT_TRUE(acting.keep().ok());
  EXPECT_TRUE(replica.renewed()->has_value());
  EXPECT_NE(logged_.find("is damaged and is replaced"), std::string::npos);
  EXPECT_EQ(logged_.find("hush"), std::string::npos);
}

TEST_F(CertificateSources, ALostSecretIsMadeAgainWhileOldLeavesAreServed) {
  AuthorityKeeper acting = keeper();
  ASSERT_TRUE(acting.keep().ok());
  SigningSource replica = source();
  ASSERT_TRUE(replica.renewed()->has_value());
  server_.lose();
  EXPECT_FALSE(replica.renewed().ok());
  ASSERT_TRUE(acting.keep().ok());
  EXPECT_FALSE(replica.renewed()->has_value());
}

/// A folder as kubelet mounts a Secret: files are links through ..data, which is swapped.
class MountedSecret {
 public:
  MountedSecret() {
    std::string name = testing::TempDir() + "mounted-XXXXXX";
    path_ = mkdtemp(name.data());
    for (const char* file : {"tls.crt", "tls.key"}) {
      std::filesystem::create_symlink(std::string("..data/") + file, path_ / file);
    }
  }
  ~MountedSecret() { std::filesystem::remove_all(path_); }
  MountedSecret(const MountedSecret&) = delete;
  MountedSecret& operator=(const MountedSecret&) = delete;

  std::string path() const { return path_.string(); }
  void swap(const ServerCertificate& certificate) {
    const std::filesystem::path version = path_ / (".." + std::to_string(++version_));
    std::filesystem::create_directory(version);
    std::ofstream(version / "tls.crt") << certificate.chain_pem;
    std::ofstream(version / "tls.key") << certificate.key_pem;
    std::filesystem::create_symlink(version.filename(), path_ / "..next");
    std::filesystem::rename(path_ / "..next", path_ / "..data");
  }

 private:
  std::filesystem::path path_;
  int version_ = 0;
};

TEST_F(CertificateSources, AFolderIsReadAgainWhenKubeletSwapsItsLink) {
  const auto authority = make_certificate_authority(clock_.wall());
  const auto leaf = [&] { return *issue_certificate(*authority, {"localhost"}, clock_.wall()); };
  MountedSecret mounted;
  FolderSource source(mounted.path(), clock_);
  EXPECT_EQ(source.renewed().error().code(), base::ErrorCode::invalid_argument);
  const ServerCertificate first = leaf();
  mounted.swap(first);
  EXPECT_EQ(**source.renewed(), first);
  EXPECT_FALSE(source.renewed()->has_value());
  const ServerCertificate second = leaf();
  mounted.swap({second.chain_pem, first.key_pem});
  EXPECT_NE(error_of(source.renewed()).find("--cert-dir"), std::string::npos);
  mounted.swap(second);
  EXPECT_EQ(**source.renewed(), second);
}

}  // namespace
}  // namespace migadapter::webhook
