object Main {
  def main(arguments: Array[String]): Unit = {
    val text: String = 1
  }
}
