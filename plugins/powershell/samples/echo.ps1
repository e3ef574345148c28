foreach ($line in $input) { Write-Output $line }
