package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// mostBodyBytes is far above what the client sends or reads in one answer.
const mostBodyBytes = 256 << 20

// proxy passes requests on with the client's own identity: the API server sees its bearer token.
type proxy struct {
	upstream  *url.URL
	transport http.RoundTripper
	journal   *journal
	rules     *rules
	client    *client
}

// exchange is one request on its way.
type exchange struct {
	*proxy
	out    http.ResponseWriter
	in     *http.Request
	target target
	body   []byte
	write  int   // its number among the writes, 0 for others
	fault  *rule // what happens to it, if anything
}

func (p *proxy) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(out, in.Body, mostBodyBytes))
	if err != nil {
		abort() // the client is gone
	}
	x := &exchange{proxy: p, out: out, in: in, target: targetOf(in), body: body}
	x.write = p.journal.arrived(x.target, body)
	if x.write > 0 {
		p.rules.reached(x.write)
	}
	x.fault = p.rules.take(requestActions, x.target, x.write)
	x.run()
}

func (x *exchange) run() {
	if !x.passes(before) {
		return
	}
	response, err := x.send()
	if err != nil {
		x.answer(http.StatusBadGateway, 0, err.Error())
		return
	}
	defer response.Body.Close()
	if x.target.Watch && response.StatusCode == http.StatusOK {
		x.journal.answered(x.target, x.write, response.StatusCode, nil)
		newStream(x, response).run()
		return
	}
	reply, err := io.ReadAll(io.LimitReader(response.Body, mostBodyBytes))
	if err != nil {
		abort()
	}
	x.journal.answered(x.target, x.write, response.StatusCode, reply)
	if !x.passes(committed) {
		return
	}
	x.reply(response, reply)
	x.passes(replied)
}

// abort ends the connection without an answer, or in the middle of one.
func abort() { panic(http.ErrAbortHandler) }

// passes does what is due at this point of the request; false when it has been answered with that.
func (x *exchange) passes(point string) bool {
	r := x.fault
	if r == nil || (r.Point != point && !(r.Point == "" && point == before)) {
		return true
	}
	x.journal.fault(r, x.target, x.write)
	switch r.Action {
	case "kill":
		x.pause(r) // after a reply: so that the client has it
		x.client.kill()
		abort()
	case "answer":
		x.answer(r.Status, r.RetryAfter, "by order of the test")
		return false
	case "delay":
		x.pause(r)
	case "freeze":
		x.waitFor(r)
		abort()
	case "cut":
		abort()
	}
	return true
}

func (x *exchange) pause(r *rule) {
	select {
	case <-time.After(time.Duration(r.Milliseconds) * time.Millisecond):
	case <-r.removed:
	case <-x.in.Context().Done():
	}
}

func (x *exchange) waitFor(r *rule) {
	select {
	case <-r.removed:
	case <-x.in.Context().Done():
	}
}

func (x *exchange) send() (*http.Response, error) {
	target := *x.in.URL
	target.Scheme, target.Host = x.upstream.Scheme, x.upstream.Host
	if x.fault != nil && x.fault.Action == "stale" && x.target.isList() {
		target.RawQuery = olderQuery(target.Query(), x.fault.ResourceVersion)
	}
	// Not the client's context: what has been sent on is carried out although the client dies.
	request, err := http.NewRequest(x.in.Method, target.String(), bytes.NewReader(x.body))
	if err != nil {
		return nil, err
	}
	if x.target.Watch {
		request = request.WithContext(x.in.Context())
	}
	request.Header = x.in.Header.Clone()
	request.Header.Del("Accept-Encoding")
	return x.transport.RoundTrip(request)
}

// olderQuery asks for the list as it was then.
func olderQuery(query url.Values, version uint64) string {
	if !query.Has("continue") {
		query.Set("resourceVersion", strconv.FormatUint(version, 10))
		query.Set("resourceVersionMatch", "Exact")
	}
	return query.Encode()
}

func copyHeader(out http.ResponseWriter, response *http.Response) {
	for name, values := range response.Header {
		out.Header()[name] = values
	}
}

func (x *exchange) flush() {
	if http.NewResponseController(x.out).Flush() != nil {
		abort()
	}
}

func (x *exchange) reply(response *http.Response, body []byte) {
	copyHeader(x.out, response)
	x.out.Header().Set("Content-Length", strconv.Itoa(len(body)))
	x.out.WriteHeader(response.StatusCode)
	if x.fault != nil && x.fault.Point == halfway {
		x.out.Write(body[:len(body)/2])
		x.flush()
		if !x.passes(halfway) {
			return
		}
		body = body[len(body)/2:]
	}
	x.out.Write(body)
	x.flush()
	if x.target.Method == http.MethodGet {
		x.rules.shown(versionOfList(body))
	}
}

// statusObject is an error as the API server tells it.
func statusObject(status int, message string) map[string]any {
	reasons := map[int]string{403: "Forbidden", 404: "NotFound", 409: "Conflict", 410: "Expired", 422: "Invalid",
		429: "TooManyRequests", 500: "InternalError", 503: "ServiceUnavailable", 504: "Timeout"}
	return map[string]any{"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{}, "status": "Failure",
		"message": fmt.Sprintf("faultproxy: %s", message), "reason": reasons[status], "code": status}
}

func (x *exchange) answer(status, retryAfterSeconds int, message string) {
	x.out.Header().Set("Content-Type", "application/json")
	if retryAfterSeconds > 0 {
		x.out.Header().Set("Retry-After", strconv.Itoa(retryAfterSeconds))
	}
	x.out.WriteHeader(status)
	json.NewEncoder(x.out).Encode(statusObject(status, message))
}
