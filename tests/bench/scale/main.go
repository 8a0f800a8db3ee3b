// Plays the API server of a large cluster for one mig-adapter and measures it: resident memory, the time until it is
// ready, and how soon it decides. Prints one line of JSON. Run it through tests/bench/run.py scale.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const (
	readyPatience  = 5 * time.Minute
	settleDuration = 5 * time.Second
)

type options struct {
	program, root string
	of            size
	seconds       int
	rate, waiting int
	keep          bool
	more          []string
}

// result is what is printed.
type result struct {
	Nodes             int      `json:"nodes"`
	GpuNodes          int      `json:"gpu_nodes"`
	Pods              int      `json:"pods"`
	EventsPerSecond   int      `json:"events_per_second"`
	ReadySeconds      float64  `json:"ready_seconds"`
	ReadyCpuSeconds   float64  `json:"ready_cpu_seconds"`
	MemoryReadyMib    float64  `json:"memory_ready_mib"`
	MemoryAfterMib    float64  `json:"memory_after_mib"`
	MemoryHighestMib  float64  `json:"memory_highest_mib"`
	MemoryOfFilesMib  float64  `json:"memory_of_files_mib"`
	CpuShare          float64  `json:"cpu_share"` // of one CPU, under the events
	Decisions         int      `json:"decisions"`
	DecisionP50Millis float64  `json:"decision_p50_ms"`
	DecisionP99Millis float64  `json:"decision_p99_ms"`
	EvictionP99Millis float64  `json:"eviction_p99_ms"`
	Undecided         int      `json:"undecided"`
	Failures          []string `json:"failures"`
	Load              float64  `json:"load"` // average of the machine before
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.root, "root", ".", "the repository")
	flag.StringVar(&o.program, "program", "build/release/apps/mig-adapter", "the mig-adapter to measure")
	flag.IntVar(&o.of.nodes, "nodes", 5000, "nodes")
	flag.IntVar(&o.of.gpuNodes, "gpu-nodes", 800, "how many of them have GPUs, eight each")
	flag.IntVar(&o.of.pods, "pods", 150_000, "pods; those of GPUs take all 1g.5gb and half of the 2g.10gb")
	flag.IntVar(&o.rate, "rate", 500, "events a second")
	flag.IntVar(&o.waiting, "waiting", 5, "pods a second that come to wait for an instance, beside the events")
	flag.IntVar(&o.seconds, "seconds", 60, "how long the events go on")
	flag.BoolVar(&o.keep, "keep", false, "keep the folder with mig-adapter's log")
	flag.Parse()
	o.more = flag.Args()
	return o
}

func main() {
	if err := run(parseOptions()); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	folder, err := os.MkdirTemp("", "mig-adapter-scale-")
	if err != nil {
		return err
	}
	if o.keep {
		fmt.Fprintln(os.Stderr, folder)
	} else {
		defer os.RemoveAll(folder)
	}
	of, err := newCluster(o.root, o.of)
	if err != nil {
		return err
	}
	server := newServer(of)
	kubeconfig := filepath.Join(folder, "kubeconfig")
	if err := listen(server, kubeconfig); err != nil {
		return err
	}
	measured := result{Nodes: o.of.nodes, GpuNodes: o.of.gpuNodes, Pods: o.of.pods, EventsPerSecond: o.rate, Load: loadAverage()}
	begin := time.Now()
	c, err := startClient(o.program, kubeconfig, filepath.Join(folder, "mig-adapter.log"), o.more)
	if err != nil {
		return err
	}
	defer c.stop()
	if err := measureStart(c, begin, &measured); err != nil {
		return err
	}
	if err := measureLoad(c, server.load, o, &measured); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(measured)
}

func measureStart(c *client, begin time.Time, into *result) error {
	if err := c.waitUntilReady(readyPatience); err != nil {
		return err
	}
	into.ReadySeconds = time.Since(begin).Seconds()
	used, err := c.usage()
	into.ReadyCpuSeconds = used.cpuSeconds
	time.Sleep(settleDuration)
	settled, _ := c.usage()
	into.MemoryReadyMib = settled.residentMib
	return err
}

func measureLoad(c *client, l *load, o options, into *result) error {
	before, err := c.usage()
	if err != nil {
		return err
	}
	begin := time.Now()
	l.run(time.Duration(o.seconds)*time.Second, o.rate, o.waiting)
	wall := time.Since(begin).Seconds()
	after, err := c.usage()
	if err != nil {
		return err
	}
	time.Sleep(settleDuration)
	into.CpuShare = (after.cpuSeconds - before.cpuSeconds) / wall
	into.MemoryAfterMib, into.MemoryHighestMib, into.MemoryOfFilesMib = after.residentMib, after.peakMib, after.ofFilesMib
	l.mutex.Lock()
	defer l.mutex.Unlock()
	into.Decisions, into.Undecided, into.Failures = len(l.decisions), len(l.pending), l.failures
	into.DecisionP50Millis = millisAt(l.decisions, 0.50)
	into.DecisionP99Millis = millisAt(l.decisions, 0.99)
	into.EvictionP99Millis = millisAt(l.evictions, 0.99)
	return nil
}

func millisAt(durations []time.Duration, quantile float64) float64 {
	if len(durations) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(durations))
	return sorted[int(quantile*float64(len(sorted)-1))].Seconds() * 1000
}

func loadAverage() float64 {
	var average float64
	text, _ := os.ReadFile("/proc/loadavg")
	fmt.Sscan(string(text), &average)
	return average
}

// listen serves over TLS and writes the kubeconfig that leads there.
func listen(server http.Handler, kubeconfig string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "scale"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	certificate, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	https := &http.Server{Handler: server, TLSConfig: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}}}}
	go https.ServeTLS(listener, "", "")
	bundle := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	text := fmt.Sprintf(kubeconfigForm, "https://"+listener.Addr().String(), base64.StdEncoding.EncodeToString(bundle))
	return os.WriteFile(kubeconfig, []byte(text), 0o600)
}
