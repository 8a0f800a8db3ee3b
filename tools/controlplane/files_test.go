package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheServersCertificateIsTrustedByTheKubeconfigs(t *testing.T) {
	s, err := prepare(filepath.Join(t.TempDir(), "plane"), "/no/binaries", false)
	if err != nil {
		t.Fatal(err)
	}
	server, err := tls.LoadX509KeyPair(s.path("apiserver.crt"), s.path("apiserver.key"))
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(s.path("ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	if _, err := server.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: "127.0.0.1"}); err != nil {
		t.Error(err)
	}
	if _, err := s.apiClient(); err != nil {
		t.Error(err)
	}
}

func TestAFolderOfSomebodyElseIsLeftAlone(t *testing.T) {
	folder := t.TempDir()
	precious := filepath.Join(folder, "precious")
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := prepare(folder, "/no/binaries", false); err == nil {
		t.Error("took over a folder that it did not make")
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

func TestVersionsComeFromTheModuleFile(t *testing.T) {
	v := pinnedVersions()
	if !strings.HasPrefix(v.kubernetes, "v1.") || !strings.HasPrefix(v.etcd, "v3.") || !strings.HasPrefix(v.kwok, "v0.") {
		t.Errorf("got %+v", v)
	}
	if flags := v.linkerFlags(); !strings.Contains(flags, "gitVersion="+v.kubernetes) {
		t.Errorf("the binaries would not say their version: %s", flags)
	}
}
