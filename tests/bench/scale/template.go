package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
)

var placeholder = regexp.MustCompile(`@([a-z]+)@`)

// A template is an object of the API with places for what differs from one such object to the next.
type template struct {
	literals []string // one more than names
	names    []string
}

// values are what an object has in the places of its template.
type values map[string]string

func newTemplate(object any) *template {
	text, err := json.Marshal(object)
	if err != nil {
		panic(err) // it was read from JSON
	}
	t, begin := &template{}, 0
	for _, found := range placeholder.FindAllSubmatchIndex(text, -1) {
		t.literals = append(t.literals, string(text[begin:found[0]]))
		t.names = append(t.names, string(text[found[2]:found[3]]))
		begin = found[1]
	}
	t.literals = append(t.literals, string(text[begin:]))
	return t
}

func (t *template) append(buffer []byte, of values) []byte {
	for i, name := range t.names {
		buffer = append(append(buffer, t.literals[i]...), of[name]...)
	}
	return append(buffer, t.literals[len(t.names)]...)
}

// object is a part of a JSON document.
type object = map[string]any

// golden reads an object as a real API server has sent it.
func golden(root, name string) (object, error) {
	text, err := os.ReadFile(filepath.Join(root, "tests/golden/kube", name+".json"))
	if err != nil {
		return nil, err
	}
	var parsed object
	return parsed, json.Unmarshal(text, &parsed)
}

// at follows keys and, where a list is met, its first item.
func at(from object, keys ...string) object {
	for _, key := range keys {
		switch value := from[key].(type) {
		case object:
			from = value
		case []any:
			from = value[0].(object)
		}
	}
	return from
}
