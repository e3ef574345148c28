Module Wrong
  Sub Main()
    Dim number As Integer = Unknown
  End Sub
End Module
