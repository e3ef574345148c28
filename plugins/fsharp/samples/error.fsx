let twice n = 2 * n
let four = twice 2
let wrong = twice "three"
