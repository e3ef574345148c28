let number = 1
print(number)
let text: String = number
