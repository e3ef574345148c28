let number = 1
echo number
let text: string = number
