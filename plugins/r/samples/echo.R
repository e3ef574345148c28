input <- file("stdin")
writeLines(readLines(input))
