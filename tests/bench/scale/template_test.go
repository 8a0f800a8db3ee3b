package main

import "testing"

func TestATemplateFillsEveryPlace(t *testing.T) {
	filled := newTemplate(object{"a": "@name@-@node@", "b": "@name@"}).append(nil, values{"name": "x", "node": "y"})
	if string(filled) != `{"a":"x-y","b":"x"}` {
		t.Errorf("got %s", filled)
	}
}
