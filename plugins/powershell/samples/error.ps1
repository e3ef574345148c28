$ErrorActionPreference = 'Stop'

Get-NoSuchCommand
