// SPDX-License-Identifier: Apache-2.0
// about: ten thousand goroutines, channels, select, mutexes, wait groups and timers
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

func main() {
	results := make(chan int, 100)
	var group sync.WaitGroup
	var mutex sync.Mutex
	total := 0
	for i := 0; i < 10000; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			mutex.Lock()
			total += n
			mutex.Unlock()
			if n%100 == 0 {
				results <- n
			}
		}(i)
	}
	group.Wait()
	close(results)
	count := 0
	for range results {
		count++
	}
	select {
	case <-time.After(5 * time.Millisecond):
	}
	runtime.GC()
	if total == 49995000 && count == 100 && runtime.NumCPU() >= 1 {
		fmt.Println("works")
	}
}
