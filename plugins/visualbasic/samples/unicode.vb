Module Greet
  Sub Main()
    System.Console.WriteLine("Grüße, 世界 🌍")
  End Sub
End Module
