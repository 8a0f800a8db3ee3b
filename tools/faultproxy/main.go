// Command faultproxy stands between one client and a Kubernetes API server and does on demand what
// networks and servers do by chance: it kills the client at the n-th write, delays, drops, repeats
// and reorders watch events, shows an older cluster, answers errors, cuts and freezes connections.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
)

type options struct {
	upstream   string // https://HOST:PORT of the API server
	upstreamCA string // PEM file
	folder     string // for what the proxy writes
}

// addresses is what the proxy tells its user in addresses.json.
type addresses struct {
	Proxy   string `json:"proxy"`   // https, for the client
	Control string `json:"control"` // http, for the test
	CA      string `json:"ca"`      // PEM file that vouches for `proxy`
	Log     string `json:"log"`     // one JSON object in each line
}

func main() {
	var o options
	flag.StringVar(&o.upstream, "upstream", "", "https://HOST:PORT of the API server")
	flag.StringVar(&o.upstreamCA, "upstream-ca", "", "PEM file that vouches for the API server")
	flag.StringVar(&o.folder, "dir", "", "folder for ca.crt, log.jsonl and, when all is ready, addresses.json")
	flag.Parse()
	if err := serve(o); err != nil {
		fmt.Fprintln(os.Stderr, "faultproxy:", err)
		os.Exit(1)
	}
}

// serve runs until the process is ended.
func serve(o options) error {
	upstream, err := url.Parse(o.upstream)
	if err != nil || upstream.Scheme != "https" {
		return fmt.Errorf("--upstream %q: must be https://HOST:PORT", o.upstream)
	}
	transport, err := upstreamTransport(o.upstreamCA)
	if err != nil {
		return fmt.Errorf("--upstream-ca: %w", err)
	}
	log, err := os.Create(filepath.Join(o.folder, "log.jsonl"))
	if err != nil {
		return fmt.Errorf("--dir: %w", err)
	}
	p := &proxy{upstream: upstream, transport: transport, journal: newJournal(log), rules: newRules(), client: &client{}}
	secured, err := listenSecurely(filepath.Join(o.folder, "ca.crt"))
	if err != nil {
		return err
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	failed := make(chan error, 2)
	go func() { failed <- http.Serve(secured, p) }()
	go func() { failed <- http.Serve(control, p.controlHandler()) }()
	return errors.Join(announce(o.folder, secured, control), <-failed)
}

// announce writes the file that its reader waits for, in one step.
func announce(folder string, secured, control net.Listener) error {
	text, err := json.Marshal(addresses{
		Proxy:   "https://" + secured.Addr().String(),
		Control: "http://" + control.Addr().String(),
		CA:      filepath.Join(folder, "ca.crt"),
		Log:     filepath.Join(folder, "log.jsonl"),
	})
	if err != nil {
		return err
	}
	draft := filepath.Join(folder, "addresses.json.draft")
	if err := os.WriteFile(draft, text, 0o644); err != nil {
		return err
	}
	return os.Rename(draft, filepath.Join(folder, "addresses.json"))
}

// upstreamTransport speaks HTTP/1.1 and passes bytes on as they are: no compression of its own.
func upstreamTransport(caFile string) (*http.Transport, error) {
	pem, err := os.ReadFile(caFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %s", caFile)
	}
	return &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{},
		DisableCompression:  true,
		MaxIdleConnsPerHost: 64,
	}, nil
}
