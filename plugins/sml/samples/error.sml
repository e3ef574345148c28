fun twice n = 2 * n
val four = twice 2
val wrong = twice "three"
