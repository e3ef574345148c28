fun main() {
    while (true) println(readLine() ?: return)
}
