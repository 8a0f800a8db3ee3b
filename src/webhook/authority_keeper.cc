#include "webhook/authority_keeper.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "kube/webhook_registration.h"

namespace migadapter::webhook {

base::Error foreign_secret(const kube::SecretName& name) {
  return {base::ErrorCode::invalid_argument,
          fmt::format("Secret {}/{} is not ours, because it has no label {}={}: delete it, or "
                      "serve with a certificate of your own (--cert-dir)",
                      name.name_space, name.name, kube::kManagedByLabel, kube::kManagedByUs)};
}

base::Result<std::string> AuthorityKeeper::keep() {
  auto secret = read();
  if (!secret) {
    return secret.error();
  }
  const auto view = look(*secret);
  if (!view) {
    return view.error();
  }
  const auto wanted = rotate(*view, lifetimes_, [this] {
    return make_certificate_authority(clock_.wall(), lifetimes_.authority);
  });
  if (!wanted) {
    return wanted.error();
  }
  if (view->stored != *wanted) {
    secret->data = encode_authorities(*wanted);
    if (base::Status written = kube::write_secret(transport_, name_, *secret); !written) {
      return written.error();
    }
    say_what_changed(view->stored, *wanted);
  }
  return bundle_of(*wanted);
}

/// One that is not there is an empty one of ours that nobody has created yet.
base::Result<kube::Secret> AuthorityKeeper::read() const {
  auto secret = kube::read_secret(transport_, name_);
  if (!secret && secret.error().code() == base::ErrorCode::not_found) {
    return kube::Secret{.is_ours = true};
  }
  if (secret && !secret->is_ours) {
    return foreign_secret(name_);
  }
  return secret;
}

std::optional<AuthoritySet> AuthorityKeeper::usable(const kube::Secret& secret) {
  if (secret.data.empty()) {
    return std::nullopt;
  }
  auto authorities = decode_authorities(secret.data);
  if (!authorities) {
    log_.warning("the Secret with the certificate authority is damaged and is replaced",
                 {{"secret", name_.name}, {"error", authorities.error().message()}});
    return std::nullopt;
  }
  return *std::move(authorities);
}

base::Result<RotationView> AuthorityKeeper::look(const kube::Secret& secret) {
  RotationView view;
  view.now = clock_.wall();
  view.stored = usable(secret);
  if (view.stored) {
    view.next_trusted_for = trusted_for(*view.stored);
    return view;
  }
  auto bundle = kube::registered_ca_bundle(transport_);
  if (!bundle) {
    return bundle.error();
  }
  view.registered_bundle_pem = *std::move(bundle);
  return view;
}

base::Millis AuthorityKeeper::trusted_for(const AuthoritySet& authorities) const {
  const bool trusted =
      authorities.next &&
      registered_bundle_pem_.find(authorities.next->certificate_pem) != std::string::npos;
  return trusted ? clock_.monotonic() - registered_since_ : base::Millis{0};
}

/// A version that we did not make means that somebody has changed the configuration meanwhile, and
/// perhaps the bundle for a while.
void AuthorityKeeper::on_registered(const std::string& bundle_pem,
                                    const std::string& resource_version) {
  if (resource_version == registered_version_ && bundle_pem == registered_bundle_pem_) {
    return;
  }
  registered_bundle_pem_ = bundle_pem;
  registered_version_ = resource_version;
  registered_since_ = clock_.monotonic();
}

void AuthorityKeeper::say_what_changed(const std::optional<AuthoritySet>& before,
                                       const AuthoritySet& after) {
  const AuthoritySet old = before.value_or(AuthoritySet{});
  if (after.next && after.next != old.next) {
    log_.info("made a certificate authority", {{"secret", name_.name}});
  }
  if (after.signing && after.signing != old.signing) {
    log_.info("the next certificate authority signs from now on", {{"secret", name_.name}});
  }
  if (after.retired_pem.empty() && !old.retired_pem.empty()) {
    log_.info("forgot a retired certificate authority", {{"secret", name_.name}});
  }
}

}  // namespace migadapter::webhook
