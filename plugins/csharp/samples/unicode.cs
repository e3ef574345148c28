using System;

class Greet {
  static void Main() { Console.WriteLine("Grüße, 世界 🌍"); }
}
