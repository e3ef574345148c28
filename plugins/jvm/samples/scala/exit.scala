object Main {
  def main(arguments: Array[String]): Unit = sys.exit(3)
}
