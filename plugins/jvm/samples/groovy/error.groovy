def number = 1
println number
unknown.field
