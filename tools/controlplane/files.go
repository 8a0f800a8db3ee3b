package main

import (
	"net"

	"sigs.k8s.io/yaml"
)

const adminKubeconfig = "admin.kubeconfig"

// writeFiles fills the folder with everything that the servers read.
func (s settings) writeFiles() error {
	authority, err := newAuthority("controlplane-ca")
	if err != nil {
		return err
	}
	if err := s.writeServerKeys(authority); err != nil {
		return err
	}
	if err := s.writeKubeconfigs(authority); err != nil {
		return err
	}
	stages, err := kwokStages()
	if err != nil {
		return err
	}
	if err := writeSecret(s.path("stages.yaml"), stages); err != nil {
		return err
	}
	return writeSecret(s.path("audit-policy.yaml"), []byte(auditPolicy))
}

func (s settings) writeServerKeys(authority keyPair) error {
	server, err := authority.issueServer("kube-apiserver",
		[]string{"localhost", "kubernetes.default.svc"},
		[]net.IP{net.IPv4(127, 0, 0, 1), net.IPv4(10, 0, 0, 1)})
	if err != nil {
		return err
	}
	_, tokenKey, err := newKey()
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"ca.crt":        authority.certificatePEM,
		"apiserver.crt": server.certificatePEM,
		"apiserver.key": server.keyPEM,
		"tokens.key":    tokenKey,
	} {
		if err := writeSecret(s.path(name), content); err != nil {
			return err
		}
	}
	return nil
}

// writeKubeconfigs gives each client the identity that it has in a cluster made by kubeadm.
func (s settings) writeKubeconfigs(authority keyPair) error {
	for _, client := range []struct{ file, user, group string }{
		{adminKubeconfig, "admin", "system:masters"},
		{"kwok.kubeconfig", "kwok", "system:masters"},
		{"kube-scheduler.kubeconfig", "system:kube-scheduler", ""},
		{"kube-controller-manager.kubeconfig", "system:kube-controller-manager", ""},
	} {
		identity, err := authority.issueClient(client.user, client.group)
		if err != nil {
			return err
		}
		text, err := kubeconfig(s.serverURL(), client.user, authority, identity)
		if err != nil {
			return err
		}
		if err := writeSecret(s.path(client.file), text); err != nil {
			return err
		}
	}
	return nil
}

func kubeconfig(server, user string, authority, identity keyPair) ([]byte, error) {
	const name = "controlplane"
	type object = map[string]any
	return yaml.Marshal(object{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": name,
		"clusters": []object{{"name": name, "cluster": object{
			"server": server, "certificate-authority-data": authority.certificatePEM}}},
		"users": []object{{"name": user, "user": object{
			"client-certificate-data": identity.certificatePEM, "client-key-data": identity.keyPEM}}},
		"contexts": []object{{"name": name, "context": object{"cluster": name, "user": user}}},
	})
}

// auditPolicy records who did what, and for evictions also with which preconditions. Reads by the
// control plane's own parts would be most of the log and are left out.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:kube-scheduler", "system:kube-controller-manager", "system:apiserver", kwok]
  verbs: [get, list, watch]
- level: None
  resources: [{group: coordination.k8s.io, resources: [leases]}]
  namespaces: [kube-node-lease]
- level: Request
  resources: [{group: "", resources: [pods/eviction]}]
- level: Metadata
`
