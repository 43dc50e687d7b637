& "$PSScriptRoot/../../target/dist/bin/minibit.cmd" cleanup @args; exit $LASTEXITCODE
