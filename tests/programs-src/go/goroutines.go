// Goroutines on several threads: channels, select, timers, locks, contexts, collections, a child.
package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func pipeline() {
	numbers, squares := make(chan int), make(chan int, 10)
	go func() {
		for n := 0; n < 1000; n++ {
			numbers <- n
		}
		close(numbers)
	}()
	var group sync.WaitGroup
	for w := 0; w < 8; w++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for n := range numbers {
				squares <- n * n
			}
		}()
	}
	go func() { group.Wait(); close(squares) }()
	sum := 0
	for s := range squares {
		sum += s
	}
	fmt.Println("pipeline", sum)
}

func sieve(count int) (last int) {
	ch := make(chan int)
	stop := make(chan struct{})
	go func(out chan int) {
		for n := 2; ; n++ {
			select {
			case out <- n:
			case <-stop:
				return
			}
		}
	}(ch)
	for i := 0; i < count; i++ {
		last = <-ch
		next := make(chan int)
		go func(in, out chan int, prime int) {
			for {
				select {
				case n := <-in:
					if n%prime != 0 {
						select {
						case out <- n:
						case <-stop:
							return
						}
					}
				case <-stop:
					return
				}
			}
		}(ch, next, last)
		ch = next
	}
	close(stop)
	return
}

func spin(flag *int32) {
	for atomic.LoadInt32(flag) == 0 {
	}
}

func main() {
	runtime.GOMAXPROCS(4)
	pipeline()
	fmt.Println("sieve", sieve(60))
	var counter int64
	var lock sync.Mutex
	seen := map[int]int{}
	var group sync.WaitGroup
	for g := 0; g < 100; g++ {
		group.Add(1)
		go func(g int) {
			defer group.Done()
			for i := 0; i < 100; i++ {
				atomic.AddInt64(&counter, 1)
				lock.Lock()
				seen[g%10]++
				lock.Unlock()
				if i%25 == 0 {
					runtime.Gosched()
				}
			}
		}(g)
	}
	group.Wait()
	fmt.Println("counter", counter, seen[3], len(seen))

	var order []string
	done := make(chan string)
	for i, d := range []time.Duration{90, 10, 50} {
		go func(i int, d time.Duration) { time.Sleep(d * time.Millisecond); done <- fmt.Sprint(i) }(i, d)
	}
	for range [3]int{} {
		order = append(order, <-done)
	}
	fmt.Println("timers", strings.Join(order, " "))
	ticker, ticks := time.NewTicker(2*time.Millisecond), 0
	for range ticker.C {
		if ticks++; ticks == 10 {
			ticker.Stop()
			break
		}
	}
	select {
	case <-make(chan int):
	case <-time.After(20 * time.Millisecond):
		fmt.Println("after", ticks)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	<-ctx.Done()
	cancel()
	fmt.Println("context", errors.Is(ctx.Err(), context.DeadlineExceeded))

	// A goroutine that never calls anything is preempted by a signal, so that this gets on.
	var flag int32
	finished := make(chan bool)
	for i := 0; i < 4; i++ {
		go func() { spin(&flag); finished <- true }()
	}
	time.Sleep(30 * time.Millisecond)
	runtime.GC()
	atomic.StoreInt32(&flag, 1)
	for i := 0; i < 4; i++ {
		<-finished
	}
	fmt.Println("preempted")

	var keep [][]byte
	hashes := make([]string, 6)
	for i := range hashes {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			sum := sha256.Sum256(nil)
			for n := 0; n < 2000; n++ {
				sum = sha256.Sum256(append(make([]byte, 4000), sum[:]...))
			}
			hashes[i] = fmt.Sprintf("%x", sum[:4])
		}(i)
	}
	for i := 0; i < 300; i++ {
		keep = append(keep, make([]byte, 50000))
		if i%50 == 0 {
			keep = keep[:0]
		}
	}
	group.Wait()
	sort.Strings(hashes)
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("collected", hashes[0], hashes[5], stats.NumGC > 0)

	output, err := exec.Command("/bin/sh", "-c", "cat; exit 3").CombinedOutput()
	fmt.Println("child", len(output), err)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println("signal", <-signals)
	func() {
		defer func() { fmt.Println("recovered", recover() != nil) }()
		var p *int
		*p = 1
	}()
	os.Exit(5)
}
