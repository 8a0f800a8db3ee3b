package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

const (
	bookmarkInterval = 30 * time.Second
	// A reader that falls behind so many events is cut off, as the API server does.
	mostBehind = 100_000
)

// event is one frame of a watch. `written` is called just before its bytes are.
type event struct {
	frame   []byte
	written func()
}

// watchers hands events to the open watches of each collection.
type watchers struct {
	mutex   sync.Mutex
	open    map[string]map[chan event]bool
	version func() string
}

func (w *watchers) send(collection string, of event) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for watch := range w.open[collection] {
		select {
		case watch <- of:
		default:
			close(watch)
			delete(w.open[collection], watch)
		}
	}
}

// report sends an object; for those of the objectStore.
func (w *watchers) report(collection, kind string, of object) {
	text, err := json.Marshal(of)
	if err != nil {
		panic(err)
	}
	w.send(collection, event{frame: frameOf(kind, text)})
}

func frameOf(kind string, object []byte) []byte {
	return fmt.Appendf(nil, `{"type":%q,"object":%s}`+"\n", kind, object)
}

func (w *watchers) add(collection string) chan event {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	watch := make(chan event, mostBehind)
	if w.open[collection] == nil {
		w.open[collection] = map[chan event]bool{}
	}
	w.open[collection][watch] = true
	return watch
}

func (w *watchers) drop(collection string, watch chan event) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.open[collection], watch)
}

// count says how many watches of the collection are open.
func (w *watchers) count(collection string) int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return len(w.open[collection])
}

// serve answers a watch until the client goes.
func (w *watchers) serve(collection string, answer http.ResponseWriter, request *http.Request) {
	watch := w.add(collection)
	defer w.drop(collection, watch)
	controller := http.NewResponseController(answer)
	controller.Flush()
	bookmarks := time.NewTicker(bookmarkInterval)
	defer bookmarks.Stop()
	for {
		select {
		case <-request.Context().Done():
			return
		case <-bookmarks.C:
			w.write(answer, event{frame: w.bookmark()})
		case of, ok := <-watch:
			if !ok {
				return
			}
			w.write(answer, of)
			for range len(watch) {
				w.write(answer, <-watch)
			}
		}
		if controller.Flush() != nil {
			return
		}
	}
}

func (w *watchers) write(answer http.ResponseWriter, of event) {
	if of.written != nil {
		of.written()
	}
	answer.Write(of.frame)
}

func (w *watchers) bookmark() []byte {
	return frameOf("BOOKMARK", fmt.Appendf(nil, `{"metadata":{"resourceVersion":%q}}`, w.version()))
}
