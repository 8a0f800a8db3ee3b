package main

import (
	"fmt"
	"slices"
	"sync"
)

// rule is one fault: for which requests, how often, and what happens. Empty fields match everything.
type rule struct {
	Methods     []string `json:"methods,omitempty"`
	Resources   []string `json:"resources,omitempty"`
	Subresource string   `json:"subresource,omitempty"`
	Watches     *bool    `json:"watches,omitempty"` // only watches, or no watch
	Writes      *bool    `json:"writes,omitempty"`  // only writes, or none
	DryRuns     *bool    `json:"dryRuns,omitempty"`
	Write       int      `json:"write,omitempty"`      // only the n-th write of the client
	AfterWrite  int      `json:"afterWrite,omitempty"` // only once there were so many writes
	Skip        int      `json:"skip,omitempty"`       // let so many matches pass first
	Times       int      `json:"times,omitempty"`      // then act so often; 0: until the rule is removed

	Action          string `json:"action"`
	Point           string `json:"point,omitempty"` // when, for kill, cut, freeze and delay
	Status          int    `json:"status,omitempty"`
	RetryAfter      int    `json:"retryAfterSeconds,omitempty"`
	Milliseconds    int    `json:"milliseconds,omitempty"`
	ResourceVersion uint64 `json:"resourceVersion,omitempty"` // the newest that a stale view shows; 0: of the moment it begins

	id      int
	began   bool // AfterWrite was reached
	holding bool // it has held up an event
	removed chan struct{}
}

// Points of a request at which kill, cut, freeze and delay act.
const (
	before    = "before"    // it has not been sent on
	committed = "committed" // the API server has carried it out, the client knows nothing yet
	halfway   = "halfway"   // the client has half of the reply's body
	replied   = "replied"   // the client has the reply
)

// What a rule does to whole requests, to single events of a watch, and to a watch at once.
var (
	requestActions = []string{"kill", "answer", "delay", "cut", "freeze", "stale"}
	eventActions   = []string{"drop-event", "repeat-event", "swap-events", "delay-event", "halve-event"}
	streamActions  = []string{"gone-stream", "cut-stream"}
	holdActions    = []string{"hold-events", "stale"}
)

func (r *rule) check() error {
	known := slices.Concat(requestActions, eventActions, streamActions, holdActions)
	if !slices.Contains(known, r.Action) {
		return fmt.Errorf("action %q: must be one of %v", r.Action, known)
	}
	needsPoint := slices.Contains([]string{"kill", "delay", "cut", "freeze"}, r.Action)
	points := []string{before, committed, halfway, replied}
	if needsPoint && !slices.Contains(points, r.Point) {
		return fmt.Errorf("point %q: must be one of %v", r.Point, points)
	}
	if r.Action == "answer" && r.Status < 400 {
		return fmt.Errorf("status %d: must be that of an error", r.Status)
	}
	return nil
}

func isOneOf(wanted []string, value string) bool {
	return len(wanted) == 0 || slices.Contains(wanted, value)
}

func agrees(wanted *bool, value bool) bool { return wanted == nil || *wanted == value }

// matches tells whether the rule is for this request or event. `write` is the request's number.
func (r *rule) matches(t target, write int) bool {
	return r.began && isOneOf(r.Methods, t.Method) && isOneOf(r.Resources, t.Resource) &&
		(r.Subresource == "" || r.Subresource == t.Subresource) &&
		agrees(r.Watches, t.Watch) && agrees(r.Writes, t.isWrite()) && agrees(r.DryRuns, t.DryRun) &&
		(r.Write == 0 || r.Write == write)
}

// rules in the order in which they were added. Thread-safe.
type rules struct {
	mutex   sync.Mutex
	list    []*rule
	last    int
	writes  int           // so far
	newest  uint64        // version that the client was shown
	changed chan struct{} // closed at the next change
}

func newRules() *rules { return &rules{changed: make(chan struct{})} }

func (s *rules) add(r *rule) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.last++
	r.id, r.removed = s.last, make(chan struct{})
	s.list = append(s.list, r)
	s.beginDue()
	s.tell()
	return r.id
}

// reached says that the client has come to its n-th write.
func (s *rules) reached(write int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.writes = write
	s.beginDue()
	s.tell()
}

// shown says that the client has seen an object or a list of this version.
func (s *rules) shown(version uint64) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.newest = max(s.newest, version)
}

// beginDue lets rules begin whose write was reached. REQUIRES: the mutex is held.
func (s *rules) beginDue() {
	for _, r := range s.list {
		if r.began || s.writes < r.AfterWrite {
			continue
		}
		r.began = true
		if r.Action == "stale" && r.ResourceVersion == 0 {
			r.ResourceVersion = s.newest
		}
	}
}

// reset forgets the client: no rule, no write.
func (s *rules) reset() {
	s.remove(0)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.writes, s.newest = 0, 0
}

// remove takes one rule away, or all when the id is 0; what it holds up goes on.
func (s *rules) remove(id int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.list = slices.DeleteFunc(s.list, func(r *rule) bool {
		gone := id == 0 || r.id == id
		if gone {
			close(r.removed)
		}
		return gone
	})
	s.tell()
}

func (s *rules) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// nextChange is closed when rules are added or removed after this call.
func (s *rules) nextChange() <-chan struct{} {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.changed
}

// take finds the first rule with one of the actions that is due for the request, and counts it.
func (s *rules) take(actions []string, t target, write int) *rule {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, r := range s.list {
		if !slices.Contains(actions, r.Action) || r.Times < 0 || !r.matches(t, write) {
			continue
		}
		if r.Skip > 0 {
			r.Skip--
			continue
		}
		if r.Times == 1 {
			r.Times = -1 // used up
		} else if r.Times > 0 {
			r.Times--
		}
		return r
	}
	return nil
}

// holds finds the rule by which an event of a watch may not be shown yet; `first` the first time.
func (s *rules) holds(t target, version uint64) (holder *rule, first bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, r := range s.list {
		if !slices.Contains(holdActions, r.Action) || !r.matches(t, 0) || (r.Action == "stale" && version <= r.ResourceVersion) {
			continue
		}
		first = !r.holding
		r.holding = true
		return r, first
	}
	return nil, false
}
