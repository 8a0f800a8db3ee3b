package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// target is what a request's path names: /api/v1/namespaces/NS/pods/NAME/eviction.
type target struct {
	collection  string // without the namespace: /api/v1/pods
	namespace   string
	name        string
	subresource string
}

func parseTarget(path string) target {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	prefix := 2
	if parts[0] == "apis" {
		prefix = 3
	}
	var t target
	if len(parts) <= prefix {
		return t
	}
	rest := parts[prefix:]
	if rest[0] == "namespaces" && len(rest) > 2 {
		t.namespace, rest = rest[1], rest[2:]
	}
	t.collection = "/" + strings.Join(append(slices.Clone(parts[:prefix]), rest[0]), "/")
	if len(rest) > 1 {
		t.name = rest[1]
	}
	if len(rest) > 2 {
		t.subresource = rest[2]
	}
	return t
}

func (t target) key() string { return t.namespace + "/" + t.name }

// objectStore holds whatever is written to the API: Leases, registrations, rules. Kinds it has never heard of are
// empty lists.
type objectStore struct {
	mutex   sync.Mutex
	objects map[string]map[string]object // by collection, then target.key
	version func() string
	report  func(collection, kind string, of object) // an event of the watch
}

func newObjectStore(version func() string, report func(string, string, object)) *objectStore {
	return &objectStore{objects: map[string]map[string]object{}, version: version, report: report}
}

func (s *objectStore) find(t target) (object, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	found, ok := s.objects[t.collection][t.key()]
	return found, ok
}

// list returns the objects in the order of their keys, of one namespace or of all.
func (s *objectStore) list(t target, selector string) []object {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	items := []object{}
	for _, key := range slices.Sorted(maps.Keys(s.objects[t.collection])) {
		of := s.objects[t.collection][key]
		if (t.namespace == "" || strings.HasPrefix(key, t.namespace+"/")) && selects(selector, of) {
			items = append(items, of)
		}
	}
	return items
}

// selects follows selectors of the form a=b,c=d.
func selects(selector string, of object) bool {
	for term := range strings.SplitSeq(selector, ",") {
		key, value, _ := strings.Cut(term, "=")
		labels, _ := at(of, "metadata")["labels"].(object)
		if term != "" && labels[key] != strings.TrimPrefix(value, "=") {
			return false
		}
	}
	return true
}

// write stores an object: the body alone, or merged into what is there. It returns the status of the answer.
func (s *objectStore) write(t target, body []byte, merge bool) (int, object) {
	var given object
	if json.Unmarshal(body, &given) != nil {
		// Definitions of kinds are applied as YAML; that they are there is enough.
		given = object{"metadata": object{"name": t.name}}
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	metadata := at(given, "metadata")
	if t.name == "" {
		t.name, _ = metadata["name"].(string)
	}
	if t.name == "" {
		t.name = fmt.Sprintf("%v%s", metadata["generateName"], s.version())
		metadata["name"] = t.name
	}
	before, existed := s.objects[t.collection][t.key()]
	if asked, ok := metadata["resourceVersion"]; existed && ok && asked != at(before, "metadata")["resourceVersion"] {
		return 409, nil
	}
	if merge && existed {
		given = merged(before, given)
	}
	s.keep(t, given, existed)
	if existed {
		return 200, given
	}
	return 201, given
}

func (s *objectStore) keep(t target, of object, existed bool) {
	metadata := at(of, "metadata")
	metadata["resourceVersion"] = s.version()
	if metadata["uid"] == nil {
		metadata["uid"], metadata["creationTimestamp"] = "4-"+metadata["resourceVersion"].(string), "2026-11-24T10:54:12Z"
	}
	if t.namespace != "" {
		metadata["namespace"] = t.namespace
	}
	if strings.HasSuffix(t.collection, "/customresourcedefinitions") {
		of["status"] = object{"conditions": []any{object{"type": "Established", "status": "True"}}}
	}
	if s.objects[t.collection] == nil {
		s.objects[t.collection] = map[string]object{}
	}
	s.objects[t.collection][t.key()] = of
	s.report(t.collection, map[bool]string{false: "ADDED", true: "MODIFIED"}[existed], of)
}

func (s *objectStore) remove(t target) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	of, ok := s.objects[t.collection][t.key()]
	if !ok {
		return false
	}
	delete(s.objects[t.collection], t.key())
	gone := merged(of, object{"metadata": object{"resourceVersion": s.version()}})
	s.report(t.collection, "DELETED", gone)
	return true
}

// merged is what RFC 7396 makes of the two; neither changes.
func merged(into, from object) object {
	result := maps.Clone(into)
	for key, value := range from {
		inner, isObject := value.(object)
		old, wasObject := result[key].(object)
		switch {
		case value == nil:
			delete(result, key)
		case isObject && wasObject:
			result[key] = merged(old, inner)
		default:
			result[key] = value
		}
	}
	return result
}
