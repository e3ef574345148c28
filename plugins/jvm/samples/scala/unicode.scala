object Main {
  def main(arguments: Array[String]): Unit = println("Grüße, 世界 🌍")
}
