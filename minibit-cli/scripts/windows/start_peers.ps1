& "$PSScriptRoot/../../target/dist/bin/minibit.cmd" start-peers @args; exit $LASTEXITCODE
