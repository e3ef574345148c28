System.in.withReader('UTF-8') { reader -> reader.eachLine { println it } }
