let twice n = 2 * n

let () = print_int (twice "three")
