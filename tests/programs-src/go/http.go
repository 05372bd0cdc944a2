// net/http: a server and many clients in one program, TCP and UNIX sockets beside it.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("/length", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprintf(w, "%s %d", r.Method, n)
	})
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(time.Minute):
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	server := &http.Server{Handler: mux}
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()
	base := "http://" + listener.Addr().String()
	var group sync.WaitGroup
	var lock sync.Mutex
	total := 0
	for c := 0; c < 8; c++ {
		group.Add(1)
		go func(c int) {
			defer group.Done()
			for i := 0; i < 20; i++ {
				response, err := http.Post(base+"/length", "text/plain", bytes.NewReader(make([]byte, c*1000+i)))
				check(err)
				body, err := io.ReadAll(response.Body)
				check(err)
				response.Body.Close()
				lock.Lock()
				total += len(body)
				lock.Unlock()
				if c == 7 && i == 19 {
					defer fmt.Println("last", string(body))
				}
			}
		}(c)
	}
	group.Wait()
	fmt.Println("total", total)
	response, err := http.Get(base + "/none")
	check(err)
	response.Body.Close()
	fmt.Println("status", response.StatusCode)
	client := http.Client{Timeout: 50 * time.Millisecond}
	_, err = client.Get(base + "/slow")
	fmt.Println("timeout", err != nil)
	check(server.Shutdown(context.Background()))
	fmt.Println("served", <-served)

	unix, err := net.Listen("unix", "socket")
	check(err)
	go func() {
		for {
			c, err := unix.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(c, c); c.Close() }()
		}
	}()
	c, err := net.Dial("unix", "socket")
	check(err)
	go func() { c.Write(make([]byte, 300000)); c.(*net.UnixConn).CloseWrite() }()
	echoed, err := io.ReadAll(c)
	check(err)
	fmt.Println("unix", len(echoed))
	unix.Close()
}
