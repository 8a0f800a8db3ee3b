package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

const (
	podsPath  = "/api/v1/pods"
	nodesPath = "/api/v1/nodes"
	setsPath  = "/apis/apps/v1/replicasets"

	namespacesPath = "/api/v1/namespaces"
)

// server plays the API server for one client: large lists in pages, watches, and whatever the client writes.
type server struct {
	cluster  *cluster
	objects  *objectStore
	watchers *watchers
	webhook  *webhookCaller
	load     *load
}

func newServer(of *cluster) *server {
	s := &server{cluster: of}
	version := func() string {
		of.mutex.Lock()
		defer of.mutex.Unlock()
		return of.nextVersion()
	}
	s.watchers = &watchers{open: map[string]map[chan event]bool{}, version: version}
	s.objects = newObjectStore(version, s.watchers.report)
	s.webhook = &webhookCaller{objects: s.objects}
	s.load = newLoad(of, s.watchers, s.webhook)
	return s
}

func (s *server) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	answer.Header().Set("Content-Type", "application/json")
	t := parseTarget(request.URL.Path)
	if request.Method == http.MethodGet {
		s.get(t, answer, request)
		return
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	switch {
	case t.collection == podsPath && t.subresource == "eviction":
		s.load.evicted(t.name)
		reply(answer, 201, statusObject(201, "evicted"))
	case t.collection == podsPath && request.Method == http.MethodPost:
		s.createPod(t, body, answer)
	case strings.HasSuffix(t.collection, "/events"):
		reply(answer, 201, json.RawMessage(body))
	default:
		s.write(t, request, body, answer)
	}
}

func (s *server) write(t target, request *http.Request, body []byte, answer http.ResponseWriter) {
	switch request.Method {
	case http.MethodDelete:
		if !s.objects.remove(t) {
			reply(answer, 404, statusObject(404, "no such object"))
			return
		}
		reply(answer, 200, statusObject(200, "deleted"))
	case http.MethodPost:
		s.load.decided(body)
		s.store(t, body, false, answer)
	case http.MethodPut, http.MethodPatch:
		s.store(t, body, request.Method == http.MethodPatch, answer)
	default:
		reply(answer, 405, statusObject(405, "no such method"))
	}
}

func (s *server) store(t target, body []byte, merge bool, answer http.ResponseWriter) {
	status, stored := s.objects.write(t, body, merge)
	if stored == nil {
		reply(answer, status, statusObject(status, "refused"))
		return
	}
	reply(answer, status, stored)
}

// createPod serves the dry run by which the client asks whether its webhook is reached.
func (s *server) createPod(t target, body []byte, answer http.ResponseWriter) {
	patched, err := s.webhook.admit(body, t.namespace, true)
	if err != nil {
		reply(answer, 500, statusObject(500, err.Error()))
		return
	}
	reply(answer, 201, json.RawMessage(patched))
}

func (s *server) get(t target, answer http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	list, isLarge := s.largeList(t.collection)
	switch {
	case query.Get("watch") != "" && query.Get("watch") != "0" && query.Get("watch") != "false":
		s.watchers.serve(t.collection, answer, request)
	case t.name != "":
		if found, ok := s.objects.find(t); ok {
			reply(answer, 200, found)
		} else {
			reply(answer, 404, statusObject(404, "no such object"))
		}
	case isLarge:
		begin, _ := strconv.Atoi(query.Get("continue"))
		limit, err := strconv.Atoi(query.Get("limit"))
		if err != nil {
			limit = list.count
		}
		answer.Write(s.page(list, begin, begin+limit))
	default:
		reply(answer, 200, object{"metadata": object{"resourceVersion": s.watchers.version()},
			"items": s.objects.list(t, query.Get("labelSelector"))})
	}
}

// largeList is a kind of which there are too many to keep them as text.
type largeList struct {
	count int
	item  func(buffer []byte, index int) []byte
}

func (s *server) largeList(collection string) (largeList, bool) {
	c := s.cluster
	switch collection {
	case podsPath:
		return largeList{len(c.pods), func(buffer []byte, i int) []byte { return append(buffer, c.pods[i].text()...) }}, true
	case nodesPath:
		return largeList{len(c.nodes), func(buffer []byte, i int) []byte { return append(buffer, c.nodeText(i)...) }}, true
	case namespacesPath:
		return largeList{namespaces, c.appendNamespace}, true
	case setsPath:
		return largeList{len(c.owners) * (1 + oldRevisions), c.appendSet}, true
	}
	return largeList{}, false
}

func (s *server) page(of largeList, begin, end int) []byte {
	token := ""
	if end < of.count {
		token = strconv.Itoa(end)
	}
	end = min(end, of.count)
	page := fmt.Appendf(nil, `{"kind":"List","metadata":{"resourceVersion":"1000000","continue":%q},"items":[`, token)
	for i := begin; i < end; i++ {
		if i > begin {
			page = append(page, ',')
		}
		page = of.item(page, i)
	}
	return append(page, "]}\n"...)
}

func statusObject(code int, message string) object {
	return object{"kind": "Status", "apiVersion": "v1", "code": code, "message": message}
}

func reply(answer http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	answer.WriteHeader(status)
	answer.Write(text)
}
