fun main() {
    System.exit(3)
}
