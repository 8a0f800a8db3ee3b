package main

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

const readyPatience = 2 * time.Minute

// apiClient speaks to the API server as the administrator, and to the other servers' probes.
func (s settings) apiClient() (*http.Client, error) {
	text, err := os.ReadFile(s.path(adminKubeconfig))
	if err != nil {
		return nil, err
	}
	var parsed struct {
		Users []struct {
			User struct {
				Certificate []byte `json:"client-certificate-data"`
				Key         []byte `json:"client-key-data"`
			} `json:"user"`
		} `json:"users"`
	}
	if err := yaml.Unmarshal(text, &parsed); err != nil {
		return nil, err
	}
	user := parsed.Users[0].User
	certificate, err := tls.X509KeyPair(user.Certificate, user.Key)
	if err != nil {
		return nil, err
	}
	// Loopback only, and scheduler and controller manager sign their own certificates.
	configuration := &tls.Config{Certificates: []tls.Certificate{certificate}, InsecureSkipVerify: true}
	return &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: configuration, MaxIdleConnsPerHost: 8},
	}, nil
}

// waitUntilServing returns when the probe answers 200, or with the end of the server's log when it
// died or took too long.
func (s settings) waitUntilServing(client *http.Client, server server) error {
	const interval = 50 * time.Millisecond
	last := "no answer yet"
	for deadline := time.Now().Add(readyPatience); time.Now().Before(deadline); time.Sleep(interval) {
		response, err := client.Get(server.probe)
		if err != nil {
			last = err.Error()
		} else {
			body, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20))
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
			last = fmt.Sprintf("%s\n%s", response.Status, body)
		}
		if ids, err := find(server.name, s.Folder); err == nil && len(ids) == 0 {
			return fmt.Errorf("%s died:\n%s", server.name, s.endOfLog(server.name))
		}
	}
	return fmt.Errorf("%s does not serve %s: %s\n%s", server.name, server.probe, last, s.endOfLog(server.name))
}

func (s settings) endOfLog(name string) string {
	const lines = 15
	log, err := os.ReadFile(s.path(name + ".log"))
	if err != nil {
		return err.Error()
	}
	all := strings.Split(string(bytes.TrimSpace(log)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
