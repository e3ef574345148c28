package main

func main() { var text string = 1; _ = text }
