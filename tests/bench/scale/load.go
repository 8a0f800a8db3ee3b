package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// Of the events, so many in a thousand; the others are pods that change their status.
	heartbeats   = 150 // of nodes
	churn        = 100 // an ordinary pod comes and one goes
	setChanges   = 50
	upgradedLife = 5 * time.Second
)

// load changes the cluster at a steady rate, and measures how soon the client decides about pods that wait.
type load struct {
	cluster  *cluster
	watchers *watchers
	webhook  *webhookCaller
	chance   *rand.Rand // for the thread of `run`

	mutex     sync.Mutex
	pending   map[string]*trigger // by the owner's uid
	decisions []time.Duration     // event to the first request that the decision causes
	evictions []time.Duration     // event to eviction
	failures  []string
	comers    int
}

// trigger is a pod that the scheduler has refused, and when the client was told.
type trigger struct {
	pod     *pod
	told    time.Time
	decided bool
}

func newLoad(of *cluster, to *watchers, through *webhookCaller) *load {
	return &load{cluster: of, watchers: to, webhook: through, pending: map[string]*trigger{},
		chance: rand.New(rand.NewPCG(1, 1))}
}

// run sends `rate` events a second, and beside them lets so many pods wait for an instance.
func (l *load) run(duration time.Duration, rate, waitingRate int) {
	begin := time.Now()
	for sent, waiting := 0, 0; ; sent++ {
		due := begin.Add(time.Duration(sent) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(due))
		if due.Sub(begin) > duration {
			return
		}
		if waiting*rate < sent*waitingRate {
			waiting++
			l.letWait()
		}
		l.change()
	}
}

func (l *load) change() {
	l.cluster.mutex.Lock()
	defer l.cluster.mutex.Unlock()
	switch kind := l.chance.IntN(1000); {
	case kind < heartbeats:
		l.watchers.send(nodesPath, event{frame: frameOf("MODIFIED", l.cluster.nodeText(l.chance.IntN(len(l.cluster.nodes))))})
	case kind < heartbeats+churn:
		l.replacePod()
	case kind < heartbeats+churn+setChanges:
		set := l.cluster.appendSet(nil, (1+oldRevisions)*l.chance.IntN(len(l.cluster.owners)))
		l.watchers.send(setsPath, event{frame: frameOf("MODIFIED", set)})
	default:
		l.report("MODIFIED", l.cluster.pods[l.chance.IntN(len(l.cluster.pods))])
	}
}

// report sends the pod as it is now. REQUIRES: the cluster is locked.
func (l *load) report(kind string, of *pod) {
	of.version = l.cluster.nextVersion()
	l.watchers.send(podsPath, event{frame: frameOf(kind, of.text())})
}

// replacePod lets an ordinary pod go and another of its owner come in its place.
func (l *load) replacePod() {
	index := len(l.cluster.pods) - 1 - l.chance.IntN(len(l.cluster.pods)/2)
	old := l.cluster.pods[index]
	if old.of.demand != "" {
		return
	}
	l.report("DELETED", old)
	l.cluster.pods[index] = l.newPod(old.of, old.node)
	l.report("ADDED", l.cluster.pods[index])
}

func (l *load) newPod(of *owner, node string) *pod {
	l.comers++
	return &pod{name: fmt.Sprintf("%s-new%d", of.name, l.comers), uid: uid(5, l.comers), node: node, of: of}
}

// letWait adds a pod for which there is no instance, of an owner that has no other such pod now.
func (l *load) letWait() {
	l.cluster.mutex.Lock()
	defer l.cluster.mutex.Unlock()
	of := l.cluster.gpuOwners[l.chance.IntN(len(l.cluster.gpuOwners))]
	l.mutex.Lock()
	if l.pending[of.uid] != nil {
		l.mutex.Unlock()
		return
	}
	waits := &trigger{pod: l.newPod(of, "")}
	l.pending[of.uid] = waits
	l.mutex.Unlock()
	waits.pod.version = l.cluster.nextVersion()
	told := func() {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		waits.told = time.Now()
	}
	l.watchers.send(podsPath, event{frame: frameOf("ADDED", waits.pod.text()), written: told})
}

// decided looks whether a write of the client's is about a pod that waits.
func (l *load) decided(body []byte) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for owner, waits := range l.pending {
		if !waits.decided && bytes.Contains(body, []byte(owner)) {
			waits.decided = true
			l.decisions = append(l.decisions, time.Since(waits.told))
		}
	}
}

// evicted plays what follows an eviction: the pod goes, its owner makes another, the webhook sees it, the scheduler
// places it, and after a while it has ended.
func (l *load) evicted(name string) {
	l.mutex.Lock()
	var waits *trigger
	for owner, candidate := range l.pending {
		if candidate.pod.name == name {
			waits = candidate
			delete(l.pending, owner)
		}
	}
	if waits == nil {
		l.failures = append(l.failures, "evicted, but did not wait: "+name)
		l.mutex.Unlock()
		return
	}
	l.evictions = append(l.evictions, time.Since(waits.told))
	if !waits.decided {
		l.decisions = append(l.decisions, time.Since(waits.told))
	}
	l.mutex.Unlock()
	go l.succeed(waits.pod)
}

func (l *load) succeed(old *pod) {
	l.cluster.mutex.Lock()
	l.report("DELETED", old)
	next := l.newPod(old.of, "")
	text := next.text()
	l.cluster.mutex.Unlock()

	patched, err := l.webhook.admit(text, old.of.namespace, false)
	if err != nil || !bytes.Contains(patched, []byte(mig+"2g.10gb")) {
		l.mutex.Lock()
		l.failures = append(l.failures, fmt.Sprintf("not patched with 2g.10gb: %s: %v", next.name, err))
		l.mutex.Unlock()
		return
	}
	next.patched = string(patched)
	l.cluster.mutex.Lock()
	l.report("ADDED", next)
	node := l.place(next)
	l.report("MODIFIED", next)
	l.cluster.mutex.Unlock()

	time.Sleep(upgradedLife)
	l.cluster.mutex.Lock()
	l.cluster.freeLarger[node]++
	l.report("DELETED", next)
	l.cluster.mutex.Unlock()
}

// place binds the pod where a 2g.10gb is free and returns the node. REQUIRES: the cluster is locked.
func (l *load) place(of *pod) string {
	var text object
	if err := json.Unmarshal([]byte(of.patched), &text); err != nil {
		panic(err) // it was just written
	}
	for _, node := range l.cluster.nodes[:l.cluster.gpuNodes] {
		if l.cluster.freeLarger[node] == 0 {
			continue
		}
		l.cluster.freeLarger[node]--
		at(text, "spec")["nodeName"], text["status"] = node, runningStatus()
		bound, _ := json.Marshal(text)
		of.patched = string(bound)
		return node
	}
	panic("no 2g.10gb is free: let fewer pods wait")
}
