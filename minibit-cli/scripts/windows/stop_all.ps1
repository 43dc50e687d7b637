& "$PSScriptRoot/../../target/dist/bin/minibit.cmd" stop-all @args; exit $LASTEXITCODE
