package main

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
)

// write is one request that may change something, in the order in which they came.
type write struct {
	Number int    `json:"number"`
	Target target `json:"target"`
	Status int    `json:"status,omitempty"` // 0: not answered
	// Whether it changed something: a PUT or PATCH that leaves the version as it was does not.
	Effective bool `json:"effective"`
}

// entry is one line of the log.
type entry struct {
	Milliseconds int64   `json:"ms"` // since the proxy began
	What         string  `json:"what"`
	Target       *target `json:"target,omitempty"`
	Write        int     `json:"write,omitempty"`
	Status       int     `json:"status,omitempty"`
	Detail       string  `json:"detail,omitempty"`
}

// state is what the control address tells.
type state struct {
	Requests   int            `json:"requests"`
	Writes     []write        `json:"writes"`
	Faults     map[string]int `json:"faults"` // by action: how often it was done
	Violations []string       `json:"violations"`
	Served     []target       `json:"served"` // each kind of request once, without names
	Events     map[string]int `json:"events"` // of watches, by resource; without bookmarks
}

// journal keeps what happened. Thread-safe.
type journal struct {
	mutex    sync.Mutex
	log      io.Writer
	begin    time.Time
	state    state
	versions map[string]string // of the last reply, by object
}

func newJournal(log io.Writer) *journal {
	j := &journal{log: log, begin: time.Now()}
	j.reset()
	return j
}

func (j *journal) reset() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.state = state{Writes: []write{}, Faults: map[string]int{}, Violations: []string{}, Served: []target{},
		Events: map[string]int{}}
	j.versions = map[string]string{}
}

func (j *journal) snapshot() state {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	copied := j.state
	copied.Writes = slices.Clone(j.state.Writes)
	copied.Violations = slices.Clone(j.state.Violations)
	copied.Served = slices.Clone(j.state.Served)
	copied.Faults = maps.Clone(j.state.Faults)
	copied.Events = maps.Clone(j.state.Events)
	return copied
}

// line writes an entry. REQUIRES: the mutex is held.
func (j *journal) line(e entry) {
	e.Milliseconds = time.Since(j.begin).Milliseconds()
	text, _ := json.Marshal(e) // of strings and numbers: cannot fail
	j.log.Write(append(text, '\n'))
}

// arrived counts a request and returns its number among the writes, 0 for others.
func (j *journal) arrived(t target, body []byte) int {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.state.Requests++
	kind := t
	kind.Name, kind.Namespace = "", ""
	if !slices.Contains(j.state.Served, kind) {
		j.state.Served = append(j.state.Served, kind)
	}
	number := 0
	if t.isWrite() {
		number = len(j.state.Writes) + 1
		j.state.Writes = append(j.state.Writes, write{Number: number, Target: t})
	}
	j.line(entry{What: "request", Target: &t, Write: number})
	if lack := t.lacksPreconditions(body); lack != "" {
		text := t.Method + " " + t.Resource + "/" + t.Name + ": " + lack
		j.state.Violations = append(j.state.Violations, text)
		j.line(entry{What: "violation", Target: &t, Write: number, Detail: lack})
	}
	return number
}

// answered notes the API server's answer.
func (j *journal) answered(t target, number, status int, body []byte) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	changed := j.changes(t, status, body)
	if number > 0 && number <= len(j.state.Writes) {
		j.state.Writes[number-1].Status = status
		j.state.Writes[number-1].Effective = changed
	}
	j.line(entry{What: "answer", Target: &t, Write: number, Status: status})
}

// changes tells whether an answer means that something is different now. REQUIRES: the mutex is held.
func (j *journal) changes(t target, status int, body []byte) bool {
	if t.Name == "" && t.Method == "GET" {
		return false
	}
	var object struct {
		Metadata struct {
			Name            string `json:"name"`
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	}
	if status >= 300 || json.Unmarshal(body, &object) != nil {
		return false
	}
	key := t.Resource + "/" + t.Namespace + "/" + object.Metadata.Name
	known := j.versions[key]
	j.versions[key] = object.Metadata.ResourceVersion
	return t.isWrite() && (t.Method == "POST" || t.Method == "DELETE" || known != object.Metadata.ResourceVersion)
}

func (j *journal) fault(r *rule, t target, number int) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.state.Faults[r.Action]++
	j.line(entry{What: "fault", Target: &t, Write: number, Status: r.Status, Detail: r.Action + " " + r.Point})
}

// event counts one of a watch.
func (j *journal) event(t target) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.state.Events[t.Resource]++
}
