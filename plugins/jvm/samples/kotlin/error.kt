fun main() {
    val number = 1
    val text: String = number
}
