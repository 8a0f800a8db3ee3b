package main

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// controlHandler is the test's side:
//
//	GET    /state        what happened since the last reset
//	POST   /reset        no rule, no process, all counts at 0
//	PUT    /process      {"id": 123}: whom to kill
//	POST   /rules        a rule; the answer holds its id
//	DELETE /rules/{id}   ends a rule; what it held up goes on
//	DELETE /rules        all of them
func (p *proxy) controlHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /state", func(out http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(out).Encode(p.journal.snapshot())
	})
	mux.HandleFunc("POST /reset", func(http.ResponseWriter, *http.Request) {
		p.rules.reset()
		p.client.forget()
		p.journal.reset()
	})
	mux.HandleFunc("PUT /process", p.setProcess)
	mux.HandleFunc("POST /rules", p.addRule)
	mux.HandleFunc("DELETE /rules/{id}", p.removeRule)
	mux.HandleFunc("DELETE /rules", func(http.ResponseWriter, *http.Request) { p.rules.remove(0) })
	return mux
}

// decode reads the body, strictly: a misspelt field would be a fault that never happens.
func decode(out http.ResponseWriter, in *http.Request, value any) bool {
	decoder := json.NewDecoder(in.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func (p *proxy) setProcess(out http.ResponseWriter, in *http.Request) {
	var process struct {
		ID int `json:"id"`
	}
	if decode(out, in, &process) {
		p.client.is(process.ID)
	}
}

func (p *proxy) addRule(out http.ResponseWriter, in *http.Request) {
	r := &rule{}
	if !decode(out, in, r) {
		return
	}
	if err := r.check(); err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	json.NewEncoder(out).Encode(map[string]int{"id": p.rules.add(r)})
}

func (p *proxy) removeRule(out http.ResponseWriter, in *http.Request) {
	id, err := strconv.Atoi(in.PathValue("id"))
	if err != nil || id < 1 {
		http.Error(out, "the id of a rule is a number above 0", http.StatusBadRequest)
		return
	}
	p.rules.remove(id)
}
