package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// simulatedNodeAnnotation marks the nodes whose kubelet kwok plays.
const simulatedNodeAnnotation = "kwok.x-k8s.io/node"

// nodeOptions describe simulated nodes that are all alike.
type nodeOptions struct {
	model, config, prefix string
	count, gpus           int
	labels, taints        []string // "key=value", "key=value:effect"
}

func runAddNodes(arguments []string) error {
	flags := flag.NewFlagSet("add-nodes", flag.ContinueOnError)
	folder := folderFlag(flags)
	var options nodeOptions
	flags.StringVar(&options.model, "model", "A100-40GB", "GPU model of data/mig-profiles.json")
	flags.StringVar(&options.config, "config", "all-balanced", "all-balanced, all-PROFILE or PROFILE=COUNT,...")
	flags.StringVar(&options.prefix, "prefix", "gpu", "nodes are called PREFIX-0, PREFIX-1, ...")
	flags.IntVar(&options.count, "count", 1, "number of nodes")
	flags.IntVar(&options.gpus, "gpus", 1, "GPUs on each node, all configured alike")
	flags.Func("label", "key=value, may be repeated", collect(&options.labels))
	flags.Func("taint", "key=value:effect, may be repeated", collect(&options.taints))
	if err := parseFlags(flags, arguments); err != nil {
		return err
	}
	s, err := loadSettings(*folder)
	if err != nil {
		return err
	}
	nodes, err := describeNodes(options)
	if err != nil {
		return err
	}
	return s.createNodes(nodes)
}

func collect(values *[]string) func(string) error {
	return func(value string) error { *values = append(*values, value); return nil }
}

func describeNodes(options nodeOptions) ([]node, error) {
	catalogue, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	gpu, err := catalogue.gpu(options.model)
	if err != nil {
		return nil, err
	}
	geometry, err := catalogue.geometry(gpu, options.config)
	if err != nil {
		return nil, err
	}
	labels := featureLabels(gpu, geometry, options.gpus)
	for _, label := range options.labels {
		key, value, _ := strings.Cut(label, "=")
		labels[key] = value
	}
	taints, err := parseTaints(options.taints)
	if err != nil {
		return nil, err
	}
	var nodes []node
	for i := range options.count {
		name := fmt.Sprintf("%s-%d", options.prefix, i)
		nodes = append(nodes, newNode(name, labels, taints, allocatable(gpu, geometry, options.gpus)))
	}
	return nodes, nil
}

// allocatable is what the node offers: MIG devices as the device plugin names them (strategy mixed)
// and enough of the rest to be no obstacle.
func allocatable(gpu gpu, geometry geometry, gpus int) map[string]string {
	offered := map[string]string{"cpu": "64", "memory": "512Gi", "ephemeral-storage": "1Ti", "pods": "110"}
	for name, count := range geometry {
		if profile, err := gpu.profile(name); err == nil {
			offered[profile.Resource] = strconv.Itoa(count * gpus)
		}
	}
	return offered
}

type node struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Metadata   nodeMetadata `json:"metadata"`
	Spec       nodeSpec     `json:"spec"`
	Status     nodeStatus   `json:"status"`
}

type nodeMetadata struct {
	Name        string            `json:"name"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

type nodeSpec struct {
	Taints []taint `json:"taints,omitempty"`
}

type nodeStatus struct {
	Allocatable map[string]string `json:"allocatable"`
	Capacity    map[string]string `json:"capacity"`
}

type taint struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect"`
}

func newNode(name string, labels map[string]string, taints []taint, offered map[string]string) node {
	own := map[string]string{"kubernetes.io/hostname": name}
	for key, value := range labels {
		own[key] = value
	}
	return node{
		APIVersion: "v1",
		Kind:       "Node",
		Metadata: nodeMetadata{Name: name, Labels: own,
			Annotations: map[string]string{simulatedNodeAnnotation: "fake"}},
		Spec:   nodeSpec{Taints: taints},
		Status: nodeStatus{Allocatable: offered, Capacity: offered},
	}
}

func parseTaints(texts []string) ([]taint, error) {
	var taints []taint
	for _, text := range texts {
		pair, effect, found := strings.Cut(text, ":")
		if !found {
			return nil, fmt.Errorf("%q: not KEY=VALUE:EFFECT", text)
		}
		key, value, _ := strings.Cut(pair, "=")
		taints = append(taints, taint{Key: key, Value: value, Effect: effect})
	}
	return taints, nil
}

func (s settings) createNodes(nodes []node) error {
	client, err := s.apiClient()
	if err != nil {
		return err
	}
	for _, node := range nodes {
		body, err := json.Marshal(node)
		if err != nil {
			return err
		}
		response, err := client.Post(s.serverURL()+"/api/v1/nodes", "application/json", bytes.NewReader(body))
		if err != nil {
			return err
		}
		answer, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusCreated {
			return fmt.Errorf("create node %s: %s: %s", node.Metadata.Name, response.Status, answer)
		}
	}
	return nil
}
