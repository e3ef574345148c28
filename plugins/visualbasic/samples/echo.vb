Module Echo
  Sub Main()
    Dim line As String = System.Console.ReadLine()
    While line IsNot Nothing
      System.Console.WriteLine(line)
      line = System.Console.ReadLine()
    End While
  End Sub
End Module
