#lang racket/base
(displayln "before")
(displayln unknown-name)
