number = 1
puts number
text : String = number
