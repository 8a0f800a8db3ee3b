package main

import "strconv"

// server is one process of the control plane; its name is that of its binary and of its log.
type server struct {
	name      string
	arguments []string
	probe     string // URL that answers 200 when it serves
}

// servers lists all in the order of their start; they stop in the reverse order.
func (s settings) servers() []server {
	return []server{s.etcd(), s.apiServer(), s.scheduler(), s.controllerManager(), s.kwok()}
}

const apiServerName = "kube-apiserver"

func (s settings) etcd() server {
	client, peer := "http://"+localAddress(s.Ports.EtcdClient), "http://"+localAddress(s.Ports.EtcdPeer)
	return server{name: "etcd", probe: client + "/health", arguments: []string{
		"--data-dir=" + s.path("etcd"),
		"--listen-client-urls=" + client, "--advertise-client-urls=" + client,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer,
		"--initial-cluster=default=" + peer,
		"--unsafe-no-fsync", // nothing here outlives the machine
		"--quota-backend-bytes=8589934592",
	}}
}

func (s settings) apiServer() server {
	arguments := []string{
		"--etcd-servers=http://" + localAddress(s.Ports.EtcdClient),
		"--bind-address=127.0.0.1", "--secure-port=" + strconv.Itoa(s.Ports.APIServer),
		"--tls-cert-file=" + s.path("apiserver.crt"), "--tls-private-key-file=" + s.path("apiserver.key"),
		"--client-ca-file=" + s.path("ca.crt"),
		"--service-account-key-file=" + s.path("tokens.key"),
		"--service-account-signing-key-file=" + s.path("tokens.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-cluster-ip-range=10.0.0.0/16",
		"--authorization-mode=Node,RBAC",
		"--max-requests-inflight=4000", "--max-mutating-requests-inflight=2000",
	}
	if s.Audit {
		arguments = append(arguments, "--audit-policy-file="+s.path("audit-policy.yaml"),
			"--audit-log-path="+s.path("audit.log"))
	}
	return server{name: apiServerName, arguments: arguments, probe: s.serverURL() + "/readyz"}
}

func (s settings) scheduler() server {
	return server{name: "kube-scheduler", arguments: s.clientArguments("kube-scheduler", s.Ports.Scheduler),
		probe: "https://" + localAddress(s.Ports.Scheduler) + "/readyz"}
}

func (s settings) controllerManager() server {
	arguments := append(s.clientArguments("kube-controller-manager", s.Ports.ControllerManager),
		"--use-service-account-credentials",
		"--service-account-private-key-file="+s.path("tokens.key"),
		"--root-ca-file="+s.path("ca.crt"))
	return server{name: "kube-controller-manager", arguments: arguments,
		probe: "https://" + localAddress(s.Ports.ControllerManager) + "/healthz"}
}

// clientArguments raise the client's rate limits, or thousands of pods would take an hour.
func (s settings) clientArguments(name string, port int) []string {
	kubeconfig := s.path(name + ".kubeconfig")
	return []string{
		"--kubeconfig=" + kubeconfig,
		"--authentication-kubeconfig=" + kubeconfig, "--authorization-kubeconfig=" + kubeconfig,
		"--bind-address=127.0.0.1", "--secure-port=" + strconv.Itoa(port),
		"--cert-dir=" + s.path("self-signed"),
		"--leader-elect=false",
		"--kube-api-qps=1000", "--kube-api-burst=1000",
	}
}

func (s settings) kwok() server {
	return server{name: "kwok", probe: "http://" + localAddress(s.Ports.Kwok) + "/healthz", arguments: []string{
		"--kubeconfig=" + s.path("kwok.kubeconfig"),
		"--config=" + s.path("stages.yaml"),
		"--server-address=" + localAddress(s.Ports.Kwok),
		"--manage-all-nodes=false",
		"--manage-nodes-with-annotation-selector=" + simulatedNodeAnnotation + "=fake",
		// Without renewed leases the node controller marks every node NotReady after 40 s.
		"--node-lease-duration-seconds=40",
	}}
}
