& "$PSScriptRoot/../../target/dist/bin/minibit.cmd" start-tracker @args; exit $LASTEXITCODE
