package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// stream is one open watch. The API server sends one JSON object in each line.
type stream struct {
	*exchange
	events <-chan event
	held   []event // not shown yet
	swap   []byte  // shown after the next one of another object
}

type event struct {
	line    []byte
	arrived time.Time
}

func newStream(x *exchange, response *http.Response) *stream {
	copyHeader(x.out, response)
	x.out.WriteHeader(response.StatusCode)
	x.flush()
	return &stream{exchange: x, events: linesOf(x.in.Context().Done(), response.Body)}
}

// mostEventsUnread is how far the API server may be ahead of what is shown.
const mostEventsUnread = 10000

// linesOf reads until the end or until nobody wants more; then the channel is closed.
func linesOf(done <-chan struct{}, body io.Reader) <-chan event {
	lines := make(chan event, mostEventsUnread)
	go func() {
		defer close(lines)
		reader := bufio.NewReader(body)
		for {
			line, err := reader.ReadBytes('\n')
			if err != nil {
				return
			}
			select {
			case lines <- event{line, time.Now()}:
			case <-done:
				return
			}
		}
	}()
	return lines
}

func (s *stream) run() {
	for {
		change := s.rules.nextChange()
		s.endIfDue()
		s.showHeld()
		select {
		case next, more := <-s.events:
			if !more {
				s.showSwapped()
				return
			}
			if uidOf(next.line) != "" { // a bookmark has none
				s.journal.event(s.target)
			}
			s.held = append(s.held, next)
		case <-change:
		case <-s.lastSwap():
			s.showSwapped()
		case <-s.in.Context().Done():
			abort()
		}
	}
}

// mostSwapWait is how long an event waits for another to change places with.
const mostSwapWait = 300 * time.Millisecond

// lastSwap fires when nothing came that the event kept back could change places with.
func (s *stream) lastSwap() <-chan time.Time {
	if s.swap == nil {
		return nil
	}
	return time.After(mostSwapWait)
}

// endIfDue ends the watch in one of two ways: too old, or cut.
func (s *stream) endIfDue() {
	r := s.rules.take(streamActions, s.target, 0)
	if r == nil {
		return
	}
	s.journal.fault(r, s.target, 0)
	if r.Action == "gone-stream" {
		gone, _ := json.Marshal(map[string]any{"type": "ERROR", "object": statusObject(http.StatusGone, "too old resource version")})
		s.show(append(gone, '\n'))
	}
	abort()
}

func (s *stream) showHeld() {
	for len(s.held) > 0 {
		next := s.held[0]
		if holder, first := s.rules.holds(s.target, versionOf(next.line)); holder != nil {
			if first {
				s.journal.fault(holder, s.target, 0)
			}
			return
		}
		s.held = s.held[1:]
		s.deliver(next)
	}
}

func (s *stream) deliver(next event) {
	line := next.line
	r := s.rules.take(eventActions, s.target, 0)
	if r == nil {
		s.show(line)
		s.showSwapped()
		return
	}
	s.journal.fault(r, s.target, 0)
	switch r.Action {
	case "repeat-event":
		s.show(line)
		s.show(line)
	case "delay-event":
		time.Sleep(time.Until(next.arrived.Add(time.Duration(r.Milliseconds) * time.Millisecond)))
		s.show(line)
	case "halve-event":
		s.show(line[:len(line)/2])
		abort()
	case "swap-events":
		s.swapWithNext(line)
	}
}

// swapWithNext keeps an event back; events of one object keep their order, as on every server.
func (s *stream) swapWithNext(line []byte) {
	if s.swap == nil {
		s.swap = line
		return
	}
	if uidOf(s.swap) == uidOf(line) {
		s.showSwapped()
		s.swap = line
		return
	}
	s.show(line)
	s.showSwapped()
}

func (s *stream) showSwapped() {
	if s.swap != nil {
		s.show(s.swap)
		s.swap = nil
	}
}

func (s *stream) show(line []byte) {
	s.rules.shown(versionOf(line))
	if _, err := s.out.Write(line); err != nil {
		abort()
	}
	s.flush()
}

// described is the part of an object or a list that says which one it is.
type described struct {
	Metadata struct {
		UID             string `json:"uid"`
		ResourceVersion string `json:"resourceVersion"`
	} `json:"metadata"`
}

func (d described) version() uint64 {
	version, _ := strconv.ParseUint(d.Metadata.ResourceVersion, 10, 64) // none is 0
	return version
}

func objectOf(line []byte) described {
	var event struct{ Object described }
	json.Unmarshal(line, &event) // what is no event has none
	return event.Object
}

func uidOf(line []byte) string { return objectOf(line).Metadata.UID }

func versionOf(line []byte) uint64 { return objectOf(line).version() }

func versionOfList(body []byte) uint64 {
	var list described
	json.Unmarshal(body, &list)
	return list.version()
}
