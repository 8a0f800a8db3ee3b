// Owners of OpenSSL's objects, and PEM in and out. Private to the files that speak OpenSSL.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "webhook/certificates.h"

namespace migadapter::webhook {

/// Frees with the function that belongs to the type.
template <auto free_function>
struct OpensslFree {
  template <typename T>
  void operator()(T* object) const {
    free_function(object);
  }
};
using CertificatePointer = std::unique_ptr<X509, OpensslFree<X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, OpensslFree<EVP_PKEY_free>>;

/// OpenSSL's latest complaint on this thread, for people; clears its queue.
std::string openssl_complaint();

/// Every certificate of the text, in order; at least one, and the validity of each is readable.
/// Errors: invalid_argument.
base::Result<std::vector<CertificatePointer>> parse_certificates(std::string_view pem);

/// The private key of the text; an encrypted one is an error. Errors: invalid_argument.
base::Result<KeyPointer> parse_private_key(std::string_view pem);

/// When the certificate begins and ends.
Validity validity_of(X509& certificate);

std::string to_pem(X509& certificate);
std::string to_pem(EVP_PKEY& key);

}  // namespace migadapter::webhook
