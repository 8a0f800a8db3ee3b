package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// bench is a proxy between a client and a server that the test plays.
type bench struct {
	*proxy
	url     string
	control string
	seen    atomic.Int32 // requests that reached the server
	events  chan string  // of every watch
	last    atomic.Value // the last request's URL
}

const podReply = `{"kind":"Pod","metadata":{"name":"web","resourceVersion":"7"}}`

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{events: make(chan string, 16)}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		b.seen.Add(1)
		b.last.Store(in.URL.String() + " " + in.Header.Get("Authorization"))
		if in.URL.Query().Get("watch") == "" {
			io.WriteString(out, podReply)
			return
		}
		for {
			select {
			case event := <-b.events:
				io.WriteString(out, event+"\n")
				out.(http.Flusher).Flush()
			case <-in.Context().Done():
				return
			}
		}
	}))
	upstream, _ := url.Parse(server.URL)
	b.proxy = &proxy{upstream: upstream, transport: http.DefaultTransport, journal: newJournal(io.Discard),
		rules: newRules(), client: &client{}}
	front := httptest.NewServer(b.proxy)
	control := httptest.NewServer(b.proxy.controlHandler())
	b.url, b.control = front.URL, control.URL
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
		control.Close()
		server.CloseClientConnections()
		server.Close()
	})
	return b
}

func (b *bench) post(t *testing.T, address, body string) (int, string) {
	t.Helper()
	response, err := http.Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return response.StatusCode, err.Error()
	}
	return response.StatusCode, string(text)
}

func (b *bench) rule(t *testing.T, text string) int {
	t.Helper()
	status, answer := b.post(t, b.control+"/rules", text)
	if status != http.StatusOK {
		t.Fatalf("rule %s: %s", text, answer)
	}
	var added struct{ ID int }
	if err := json.Unmarshal([]byte(answer), &added); err != nil {
		t.Fatal(err)
	}
	return added.ID
}

func (b *bench) evict(t *testing.T, preconditions string) (int, string) {
	t.Helper()
	return b.post(t, b.url+"/api/v1/namespaces/default/pods/web/eviction",
		`{"kind":"Eviction","deleteOptions":{"preconditions":{`+preconditions+`}}}`)
}

const both = `"uid":"u","resourceVersion":"1"`

// victim is a process that does nothing until it is killed; the result says how it ended.
func (b *bench) victim(t *testing.T) func() string {
	t.Helper()
	process := exec.Command("sleep", "600")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { process.Process.Kill() })
	b.client.is(process.Process.Pid)
	return func() string {
		process.Wait()
		return process.ProcessState.String()
	}
}

func TestTheClientIsKilledAtTheWriteAndThePointThatWereNamed(t *testing.T) {
	for point, reached := range map[string]int32{before: 1, committed: 2, replied: 2} {
		b := newBench(t)
		end := b.victim(t)
		b.rule(t, fmt.Sprintf(`{"write":2,"action":"kill","point":%q}`, point))
		b.evict(t, both)
		status, _ := b.evict(t, both)
		if got := end(); got != "signal: killed" {
			t.Errorf("%s: the client ended with %q", point, got)
		}
		if b.seen.Load() != reached {
			t.Errorf("%s: %d requests reached the server, not %d", point, b.seen.Load(), reached)
		}
		if hasReply := status == http.StatusOK; hasReply != (point == replied) {
			t.Errorf("%s: the client got status %d", point, status)
		}
	}
}

func TestEventsLeasesAndDryRunsAreNoWrites(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/api/v1/namespaces/a/events", "/api/v1/namespaces/a/pods?dryRun=All",
		"/apis/coordination.k8s.io/v1/namespaces/a/leases", "/api/v1/namespaces/a/pods"} {
		b.post(t, b.url+path, "{}")
	}
	writes := b.journal.snapshot().Writes
	if len(writes) != 1 || writes[0].Target.Resource != "pods" || writes[0].Status != 200 || !writes[0].Effective {
		t.Errorf("writes: %+v", writes)
	}
}

func TestAPatchThatChangesNothingIsNoEffectiveWrite(t *testing.T) {
	b := newBench(t)
	for range 2 {
		request, _ := http.NewRequest("PATCH", b.url+"/api/v1/namespaces/a/pods/web", strings.NewReader("{}"))
		if _, err := http.DefaultClient.Do(request); err != nil {
			t.Fatal(err)
		}
	}
	writes := b.journal.snapshot().Writes
	if !writes[0].Effective || writes[1].Effective {
		t.Errorf("writes: %+v", writes)
	}
}

func TestAnEvictionWithoutBothPreconditionsIsAViolation(t *testing.T) {
	for preconditions, lack := range map[string]string{both: "", `"uid":"u"`: "resourceVersion", `"resourceVersion":"1"`: "uid"} {
		b := newBench(t)
		b.evict(t, preconditions)
		violations := strings.Join(b.journal.snapshot().Violations, "\n")
		if !strings.Contains(violations, lack) || (lack == "") != (violations == "") {
			t.Errorf("%s: %q", preconditions, violations)
		}
	}
}

func TestAnErrorIsAnsweredAsOftenAsWasSaid(t *testing.T) {
	b := newBench(t)
	b.rule(t, `{"resources":["pods"],"subresource":"eviction","skip":1,"times":1,"action":"answer","status":429,"retryAfterSeconds":3}`)
	statuses := []int{}
	for range 3 {
		status, _ := b.evict(t, both)
		statuses = append(statuses, status)
	}
	if fmt.Sprint(statuses) != "[200 429 200]" || b.seen.Load() != 2 {
		t.Errorf("statuses %v, %d requests reached the server", statuses, b.seen.Load())
	}
}

func TestAReplyIsCutInTheMiddle(t *testing.T) {
	b := newBench(t)
	b.rule(t, `{"action":"cut","point":"halfway","times":1}`)
	status, text := b.evict(t, both)
	if status != http.StatusOK || !strings.Contains(text, "EOF") {
		t.Errorf("status %d, %q", status, text)
	}
}

func TestAFrozenRequestEndsWhenItsRuleIsRemoved(t *testing.T) {
	b := newBench(t)
	id := b.rule(t, `{"action":"freeze","point":"committed","times":1}`)
	ended := make(chan int)
	go func() {
		status, _ := b.evict(t, both)
		ended <- status
	}()
	for b.seen.Load() == 0 {
	}
	request, _ := http.NewRequest("DELETE", fmt.Sprintf("%s/rules/%d", b.control, id), nil)
	if _, err := http.DefaultClient.Do(request); err != nil {
		t.Fatal(err)
	}
	if status := <-ended; status != 0 {
		t.Errorf("status %d", status)
	}
}

func TestTheClientsIdentityIsPassedOnAndAStaleListAsksForThePast(t *testing.T) {
	b := newBench(t)
	b.rule(t, `{"methods":["GET"],"action":"stale","resourceVersion":5}`)
	request, _ := http.NewRequest("GET", b.url+"/api/v1/pods?limit=500", nil)
	request.Header.Set("Authorization", "Bearer secret")
	if _, err := http.DefaultClient.Do(request); err != nil {
		t.Fatal(err)
	}
	want := "/api/v1/pods?limit=500&resourceVersion=5&resourceVersionMatch=Exact Bearer secret"
	if b.last.Load() != want {
		t.Errorf("the server saw %q", b.last.Load())
	}
}

func modified(uid string, version int) string {
	return fmt.Sprintf(`{"type":"MODIFIED","object":{"metadata":{"uid":%q,"resourceVersion":"%d"}}}`, uid, version)
}

// watch opens one and returns a function that reads the next event's version; "" at its end.
func (b *bench) watch(t *testing.T) func() string {
	t.Helper()
	response, err := http.Get(b.url + "/api/v1/pods?watch=1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	reader := bufio.NewReader(response.Body)
	return func() string {
		line, err := reader.ReadBytes('\n')
		if err != nil {
			return string(bytes.TrimSpace(line))
		}
		if strings.Contains(string(line), `"ERROR"`) {
			return "ERROR"
		}
		return fmt.Sprint(versionOf(line))
	}
}

func TestEventsAreDroppedRepeatedSwappedAndHalved(t *testing.T) {
	for action, want := range map[string]string{
		"drop-event": "2 3", "repeat-event": "1 1", "swap-events": "2 1", "halve-event": modified("a", 1)[:(len(modified("a", 1))+1)/2] + " "} {
		b := newBench(t)
		b.rule(t, fmt.Sprintf(`{"action":%q,"times":1}`, action))
		b.events <- modified("a", 1)
		b.events <- modified("b", 2)
		b.events <- modified("c", 3)
		next := b.watch(t)
		if got := next() + " " + next(); got != want {
			t.Errorf("%s: %q", action, got)
		}
	}
}

func TestAnOpenWatchIsToldThatItIsTooOld(t *testing.T) {
	b := newBench(t)
	b.events <- modified("a", 1)
	next := b.watch(t)
	next()
	b.rule(t, `{"action":"gone-stream","times":1}`)
	if got := next() + " " + next(); got != "ERROR " {
		t.Errorf("%q", got)
	}
}

func TestAStaleWatchShowsTheRestInOrderOnceItThaws(t *testing.T) {
	b := newBench(t)
	b.rule(t, `{"action":"stale","resourceVersion":1}`)
	for version := range 3 {
		b.events <- modified("a", version+1)
	}
	next := b.watch(t)
	first := next()
	b.rules.remove(0)
	if got := first + next() + next(); got != "123" {
		t.Errorf("%q", got)
	}
	if state := b.journal.snapshot(); state.Events["pods"] != 3 {
		t.Errorf("events: %v", state.Events)
	}
}

func TestAStaleViewWithoutAVersionIsThatOfTheMomentItBegan(t *testing.T) {
	b := newBench(t)
	b.rule(t, `{"action":"stale","methods":["GET"],"afterWrite":1}`)
	b.events <- modified("a", 4)
	next := b.watch(t)
	first := next()
	b.evict(t, both)
	b.events <- modified("a", 5)
	response, err := http.Get(b.url + "/api/v1/pods")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if !strings.Contains(b.last.Load().(string), "resourceVersion=4&resourceVersionMatch=Exact") {
		t.Errorf("the server saw %q", b.last.Load())
	}
	b.rules.remove(0)
	if got := first + next(); got != "45" {
		t.Errorf("%q", got)
	}
}

func TestARuleThatMeansNothingIsRefused(t *testing.T) {
	b := newBench(t)
	for _, text := range []string{`{"action":"explode"}`, `{"action":"kill"}`, `{"action":"answer","status":200}`, `{"acton":"kill"}`} {
		if status, _ := b.post(t, b.control+"/rules", text); status != http.StatusBadRequest {
			t.Errorf("%s: status %d", text, status)
		}
	}
}
