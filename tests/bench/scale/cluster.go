package main

import (
	"fmt"
	"strconv"
	"sync"
	"time"
)

const (
	mig = "nvidia.com/mig-"
	// A100 of 40 GB, all-balanced, eight to a node.
	smallOfNode = 16 // 1g.5gb
	largeOfNode = 8  // 2g.10gb, and as many 3g.20gb
	// Pods of one owner.
	podsOfOrdinaryOwner = 50
	podsOfGpuOwner      = 40
	// The owners lie in so many namespaces.
	namespaces = 200
	// Old revisions that a Deployment keeps.
	oldRevisions = 4
	// Pods that wait for what no node has, and pods that were upgraded earlier.
	stuckPods, upgradedPods = 50, 400
)

// size says how large a cluster is.
type size struct {
	nodes, gpuNodes, pods int
}

// owner is a ReplicaSet with the template of its pods, without a node and bound.
type owner struct {
	namespace, name, uid string
	demand               string // a MIG resource, or empty
	waiting, bound       *template
}

// pod is what the cluster remembers of one.
type pod struct {
	name, uid, node string
	of              *owner
	patched         string // its whole text where the webhook changed it
	version         string
}

// cluster is what the API server would hold in etcd: fixed kinds as templates, in the order of their lists.
type cluster struct {
	mutex      sync.Mutex
	version    int
	nodes      []string // names; the first gpuNodes have GPUs
	gpuNodes   int
	owners     []*owner
	gpuOwners  []*owner // of pods that ask for 1g.5gb
	pods       []*pod   // at the start; what comes and goes later is reported by the watch alone
	templates  *templates
	freeLarger map[string]int // 2g.10gb by node
}

type templates struct {
	cpuNode, gpuNode, set, gpuSet *template
	ordinary, small, upgraded     object // pods
}

func uid(kind, number int) string {
	return fmt.Sprintf("%08x-0000-4000-8000-%012x", kind, number)
}

func (c *cluster) nextVersion() string {
	c.version++
	return strconv.Itoa(c.version)
}

func newCluster(root string, of size) (*cluster, error) {
	t, err := readTemplates(root)
	if err != nil {
		return nil, err
	}
	c := &cluster{version: 1000, templates: t, gpuNodes: of.gpuNodes, freeLarger: map[string]int{}}
	for i := range of.nodes {
		c.nodes = append(c.nodes, fmt.Sprintf("node-%05d.example.internal", i))
	}
	c.addGpuPods()
	c.addOrdinaryPods(of.pods - len(c.pods))
	for _, p := range c.pods {
		p.version = c.nextVersion()
	}
	return c, nil
}

// addGpuPods takes every 1g.5gb and half of the 2g.10gb.
func (c *cluster) addGpuPods() {
	for _, profile := range []string{"1g.5gb", "2g.10gb"} {
		count, perNode := c.gpuNodes*smallOfNode, smallOfNode
		if profile == "2g.10gb" {
			count, perNode = c.gpuNodes*largeOfNode/2, largeOfNode/2
		}
		for i := range count {
			if i%podsOfGpuOwner == 0 {
				c.addOwner(c.templates.small, mig+profile)
			}
			c.addPod(c.owners[len(c.owners)-1], c.nodes[i/perNode])
		}
	}
	for _, node := range c.nodes[:c.gpuNodes] {
		c.freeLarger[node] = largeOfNode / 2
	}
	c.addOwner(c.templates.small, mig+"7g.40gb")
	for range min(stuckPods, c.gpuNodes) {
		c.addPod(c.owners[len(c.owners)-1], "")
	}
	c.addUpgradedPods()
}

// addUpgradedPods takes a 2g.10gb more on the last GPU nodes, for pods that asked for 1g.5gb.
func (c *cluster) addUpgradedPods() {
	for i := range min(upgradedPods, c.gpuNodes) {
		if i%podsOfGpuOwner == 0 {
			c.addOwner(c.templates.upgraded, mig+"2g.10gb")
		}
		node := c.nodes[c.gpuNodes-1-i]
		c.freeLarger[node]--
		c.addPod(c.owners[len(c.owners)-1], node)
	}
}

func (c *cluster) addOrdinaryPods(count int) {
	for i := range count {
		if i%podsOfOrdinaryOwner == 0 {
			c.addOwner(c.templates.ordinary, "")
		}
		c.addPod(c.owners[len(c.owners)-1], c.nodes[i%len(c.nodes)])
	}
}

func (c *cluster) addPod(of *owner, node string) {
	number := len(c.pods)
	c.pods = append(c.pods, &pod{name: fmt.Sprintf("%s-%05x", of.name, number), uid: uid(1, number), node: node, of: of})
}

func (c *cluster) addOwner(podObject object, resource string) {
	number := len(c.owners)
	o := &owner{namespace: fmt.Sprintf("team-%d", number%namespaces), name: fmt.Sprintf("workload-%d-%08x", number, number*7919),
		uid: uid(2, number), demand: resource}
	o.waiting, o.bound = podTemplates(podObject, o)
	if at(podObject, "metadata")["annotations"] != nil {
		o.demand = mig + "1g.5gb"
	}
	c.owners = append(c.owners, o)
	if resource == mig+"1g.5gb" {
		c.gpuOwners = append(c.gpuOwners, o)
	}
}

// nodeText is the node as it reports itself now.
func (c *cluster) nodeText(index int) []byte {
	of := c.templates.cpuNode
	if index < c.gpuNodes {
		of = c.templates.gpuNode
	}
	return of.append(nil, values{"name": c.nodes[index], "uid": uid(6, index), "version": strconv.Itoa(1000 + index),
		"time": time.Now().UTC().Format(time.RFC3339)})
}

// appendNamespace appends a namespace: pods of one that is not seen are left alone.
func (c *cluster) appendNamespace(buffer []byte, index int) []byte {
	return fmt.Appendf(buffer, `{"metadata":{"name":"team-%d","uid":"%s","resourceVersion":"1000"}}`, index, uid(7, index))
}

// appendSet appends a ReplicaSet: of each owner the present one, then its old revisions.
func (c *cluster) appendSet(buffer []byte, index int) []byte {
	of, revision := c.owners[index/(1+oldRevisions)], index%(1+oldRevisions)
	filled := values{"name": of.name, "namespace": of.namespace, "uid": of.uid, "version": "1000", "resource": of.demand}
	if revision > 0 {
		filled["name"], filled["uid"] = fmt.Sprintf("%s-old%d", of.name, revision), uid(3, index)
	}
	if of.demand == "" {
		return c.templates.set.append(buffer, filled)
	}
	return c.templates.gpuSet.append(buffer, filled)
}

func (p *pod) values() values {
	return values{"name": p.name, "uid": p.uid, "node": p.node, "version": p.version}
}

func (p *pod) text() []byte {
	if p.patched != "" {
		return []byte(p.patched)
	}
	if p.node == "" {
		return p.of.waiting.append(nil, p.values())
	}
	return p.of.bound.append(nil, p.values())
}
