object Main {
  def main(arguments: Array[String]): Unit =
    scala.io.Source.fromInputStream(System.in, "UTF-8").getLines.foreach(println)
}
